"""Calling a recorder by what the office knows of it: its local socket, or mutual TLS with the office's certificate."""

from __future__ import annotations

import ssl
from pathlib import Path

from django.conf import settings

from mihariban.office.base.ledger import book
from mihariban.office.signer import Office
from mihariban.office.sites.errors import RecorderUnknown
from mihariban.office.sites.models import RecorderUnit
from mihariban.office.trust import known_recorder
from mihariban.recorder.client import RecorderClient

SECONDS = 10.0
"""How long an answer may take: a page or a listener does not wait for longer."""


def client_of(recorder: RecorderUnit, *, seconds: float = SECONDS) -> RecorderClient:
    """A client; close it, or use it as a context manager.

    Raises:
        RecorderUnknown: it has neither socket nor address, or the office's certificate is missing.
    """
    if recorder.socket:
        return RecorderClient(Path(recorder.socket), seconds=seconds)
    if not recorder.address:
        raise RecorderUnknown(recorder=recorder.pk, why="neither socket nor address")
    return RecorderClient(address=recorder.address, tls=_tls(recorder), seconds=seconds)


def office_for(recorder: RecorderUnit) -> Office:
    """The office as the one who decides for this recorder, for orders and cosignatures.

    Raises:
        RecorderUnknown: the office has no keys of it.
        LedgerMissing: there is no office.
    """
    from mihariban.ledger.errors import LedgerMissing

    folder = book().folder
    try:
        party = known_recorder(folder, site=recorder.site_id, recorder=recorder.pk)
    except (LedgerMissing, FileNotFoundError) as error:
        raise RecorderUnknown(recorder=recorder.pk, why="no keys") from error
    return Office(book(), party)


def _tls(recorder: RecorderUnit) -> ssl.SSLContext:
    folder = Path(settings.OFFICE_FOLDER) / "tls"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(folder / "office.pem", folder / "office.key")
        context.load_verify_locations(folder / "ca.pem")
    except (OSError, ssl.SSLError) as error:
        raise RecorderUnknown(recorder=recorder.pk, why=f"certificate: {error.strerror}") from error
    return context
