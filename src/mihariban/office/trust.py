"""Laying the public keys of office and recorder into each other's folder at init. Apart, one carries the files."""

from __future__ import annotations

from pathlib import Path

from mihariban.base.files import write_private
from mihariban.ledger.keys import Signer
from mihariban.office.book import OfficeKeys
from mihariban.office.signer import Party
from mihariban.recorder.contract.keys import OFFICE_KEYS, PartyKeys, load_keys

RECORDERS = "recorders"
"""In the office's folder: ``<site>.<recorder>.keys`` for each recorder."""


def trust(recorder_folder: Path, office_folder: Path, *, site: str, recorder: str) -> Party:
    """Let a recorder and an office know each other. Doing it again replaces what was laid.

    Args:
        recorder_folder: DIR/recorder with its ``ledger.key`` and ``cosign.key``.
        office_folder: DIR/office with its three keys.

    Raises:
        LedgerMissing: a key is missing.
    """
    office = OfficeKeys.load(office_folder).public()
    keys = PartyKeys(*(Signer.load(recorder_folder / f"{use}.key").public for use in ("ledger", "cosign")))
    write_private(recorder_folder / OFFICE_KEYS, office.text().encode())
    path = _path(office_folder, site, recorder)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    write_private(path, keys.text().encode())
    return Party(site, recorder, keys)


def known_recorder(office_folder: Path, *, site: str, recorder: str) -> Party:
    """A recorder that this office was told of.

    Raises:
        LedgerMissing: it was not.
    """
    return Party(site, recorder, load_keys(_path(office_folder, site, recorder)))


def _path(office_folder: Path, site: str, recorder: str) -> Path:
    return office_folder / RECORDERS / f"{site}.{recorder}.keys"
