"""Public keys of the other party, as a text file: one key a line after its use. Laid at init, compared with paper.

ledger VKEY    signs the checkpoints of its ledger
cosign VKEY    cosigns ours
grant VKEY     signs orders (an office has one, a recorder none)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mihariban.ledger.errors import LedgerMissing, NoteMalformed
from mihariban.ledger.keys import KeyKind, PublicKey, parse_key

OFFICE_KEYS = "office.keys"
"""In a recorder's folder: the keys of its office."""

_KINDS = {"ledger": KeyKind.LOG, "cosign": KeyKind.COSIGNER, "grant": KeyKind.LOG}


@dataclass(frozen=True, slots=True)
class PartyKeys:
    """Keys of one party."""

    ledger: PublicKey
    cosign: PublicKey
    grant: PublicKey | None = None

    def text(self) -> str:
        """The keys as a file."""
        lines = [f"ledger {self.ledger.text()}\n", f"cosign {self.cosign.text()}\n"]
        return "".join(lines + ([f"grant {self.grant.text()}\n"] if self.grant else []))

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(key for key in (self.ledger, self.cosign, self.grant) if key is not None)


def parse_keys(text: str) -> PartyKeys:
    """The keys in a file's text. Empty lines and lines that begin with # are passed over.

    Raises:
        NoteMalformed: a use is unknown, doubled or missing, a key is no key, or one key has two uses.
    """
    found: dict[str, PublicKey] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        use, _, key = line.partition(" ")
        if use not in _KINDS or use in found:
            raise _bad("a use that is unknown or there twice")
        found[use] = parse_key(key)
        if found[use].kind is not _KINDS[use]:
            raise _bad(f"the {use} key is of another kind")
    if not {"ledger", "cosign"} <= set(found):
        raise _bad("ledger and cosign are both needed")
    if len({each.public for each in found.values()}) < len(found):
        raise _bad("one key with two uses")
    return PartyKeys(found["ledger"], found["cosign"], found.get("grant"))


def load_keys(path: Path) -> PartyKeys:
    """The keys in the file ``path``.

    Raises:
        LedgerMissing: it cannot be read.
        NoteMalformed: it is not a list of keys.
    """
    try:
        return parse_keys(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerMissing(path=path, why=f"no list of keys: {type(error).__name__}") from error


def _bad(why: str) -> NoteMalformed:
    return NoteMalformed(what="list of keys", why=why)
