"""What goes wrong with signs: MH544 and MH545."""

from __future__ import annotations

from mihariban.base.errors import StateError


class FontMissing(StateError):
    """No font with Japanese characters that the typesetter can read."""

    code = "MH544"
    exit_status = 121
    ja = "日本語の書体がないため、表示を作れません。情報システム担当者に、fonts-noto-cjk を入れるか、TTF か OTF の書体を {folder} に置くよう頼んでください。"
    en = "The sign cannot be made: there is no Japanese font. Ask the IT staff to install fonts-noto-cjk, or to put a TTF or OTF font into {folder}."


class SignUnmade(StateError):
    """The typesetter refused."""

    code = "MH545"
    exit_status = 121
    ja = "表示を作れませんでした（{why}）。情報システム担当者に知らせてください。"
    en = "The sign could not be made ({why}). Tell the IT staff."
