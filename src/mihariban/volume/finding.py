"""What opening or checking a volume may find out, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mihariban.base.text import Language

_SENTENCES = {
    "superblock-damaged": (
        "スーパーブロック {copy} が壊れています。もう一方は読めます。",
        "Superblock {copy} is damaged. The other one can be read.",
    ),
    "volume-moved": (
        "ring.vol のディスク上の位置が変わりました（{moves} 回目）。移動・復元された場合、元の位置に古い映像が残り得ます。",
        "ring.vol lies elsewhere on the disk than before (change {moves}). Where it was copied from, old footage may remain.",
    ),
    "not-in-place": (
        "このファイルシステムでは上書き消去を確かめられません。消去水準は E0 です。",
        "Overwriting in place cannot be shown on this file system. Erasure level is E0.",
    ),
    "rotation-resumed": (
        "根鍵の更新が途中で止まっていたため、完了させました。",
        "A renewal of the root key had been interrupted. It was ended.",
    ),
    "root-key-exposed": (
        "root.key を所有者以外も読めます。chmod 600 にしてください。",
        "Others than its owner may read root.key. Set it to mode 600.",
    ),
    "key-page-lost": (
        "領域 {region} の鍵ページが両方とも読めません。この領域の映像は読めません。",
        "Neither copy of the key page of region {region} can be read. Its footage is lost.",
    ),
    "key-page-single": (
        "領域 {region} の鍵ページの写しが一つしか読めません。",
        "Only one copy of the key page of region {region} can be read.",
    ),
    "key-pages-differ": (
        "領域 {region} の鍵ページの写しが食い違っています。",
        "The two copies of the key page of region {region} differ.",
    ),
    "generation-twice": (
        "領域 {region} と {other} の世代番号が同じです（{generation}）。",
        "Regions {region} and {other} carry the same generation {generation}.",
    ),
    "region-open": (
        "領域 {region} が前回の停止時に閉じられていません。次に書き込みで開くときに閉じられます。",
        "Region {region} was not closed. The next opening for writing closes it.",
    ),
    "header-damaged": ("領域 {region} の見出しが壊れています。", "The header of region {region} is damaged."),
    "footer-damaged": (
        "領域 {region} の末尾の索引が壊れています。映像から作り直せます。",
        "The footer of region {region} is damaged. It can be made again from the footage.",
    ),
    "record-differs": (
        "映像 {clip}（領域 {region}）の記録と索引が食い違っています。",
        "The record of clip {clip} (region {region}) and the index differ.",
    ),
    "chunk-damaged": (
        "カメラ {camera}、映像 {clip} の {second} が壊れています（領域 {region}、位置 {offset}）。",
        "Camera {camera}, clip {clip}: the chunk at {second} is damaged (region {region}, offset {offset}).",
    ),
    "clip-twice": ("映像 {clip} が二か所にあります。", "Clip {clip} is there twice."),
    "hold-count": (
        "映像 {clip} の保全数が合いません（記録 {was}、書類 {ought}）。録画を始めると直します。",
        "Clip {clip} counts {was} holds; the papers name {ought}. The recorder puts it right when it starts.",
    ),
    "hold-copy-orphan": (
        "保全用の写し {clip} を挙げる書類がありません。録画を始めると消去します。",
        "No hold names the copy {clip}. The recorder erases it when it starts.",
    ),
    "hold-unfinished": (
        "保全の書類 {clip} が書きかけです。録画を始めると消去します。",
        "The papers of a hold in clip {clip} were never finished. The recorder erases them when it starts.",
    ),
    "hold-damaged": (
        "保全の書類 {clip} が壊れています。保全は解除しません。控えと照らし合わせてください。",
        "The papers of a hold in clip {clip} are damaged. Nothing is released; compare with the office's book.",
    ),
    "hold-clip-lost": (
        "保全が挙げる映像 {clip} がありません。",
        "Clip {clip}, which a hold names, is not in the volume.",
    ),
    "holds-over-share": (
        "保全中の領域が枠を超えています（{held} / {share}）。",
        "More regions are held than set aside ({held} of {share}).",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``code`` is stable; ``facts`` are the values in its sentence."""

    code: str
    facts: Mapping[str, object]

    def text(self, language: Language) -> str:
        """The sentence for a person."""
        ja, en = _SENTENCES[self.code]
        return (ja if language == "ja" else en).format(**self.facts)

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {"code": self.code, **self.facts, "ja": self.text("ja"), "en": self.text("en")}


def finding(code: str, **facts: object) -> Finding:
    """A finding whose sentence is known; an unknown code is a fault of the program.

    Raises:
        KeyError: no such code.
    """
    _ = _SENTENCES[code]
    return Finding(code, facts)
