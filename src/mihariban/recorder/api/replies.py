"""Answers: facts as JSON, errors as ``{"error": {"code", "ja", "en"}}`` with the status that fits their class."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from mihariban.base.errors import AccessError, InputError, MiharibanError, StateError, StorageError
from mihariban.ledger.errors import CosignConflict, LedgerForked, LedgerUnwritable, ProofInvalid, SignatureInvalid
from mihariban.recorder.contract.errors import (
    GrantOutdated,
    NoSuchThing,
    RecorderUnavailable,
    RequestTooLarge,
)
from mihariban.recorder.contract.facts import ErrorBody, ErrorReply

JSON_TYPE = "application/json"

_STATUS: tuple[tuple[type[MiharibanError], int], ...] = (
    (NoSuchThing, 404),
    (RequestTooLarge, 413),
    (RecorderUnavailable, 503),
    (LedgerUnwritable, 503),
    (SignatureInvalid, 403),
    (ProofInvalid, 409),
    (LedgerForked, 409),
    (AccessError, 403),
    (InputError, 400),
    (StateError, 409),
    (StorageError, 503),
)

_ANY = TypeAdapter(object)


def status_of(error: MiharibanError) -> int:
    """The HTTP status of an error: the first class in the list that fits."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def error_bytes(error: MiharibanError) -> bytes:
    """An error as a body. Sentences only: no trace, no path of ours, no text of a foreign error."""
    size = error.facts.get("size") if isinstance(error, GrantOutdated | CosignConflict) else None
    body = ErrorBody(
        code=error.code, ja=error.text("ja"), en=error.text("en"), size=size if isinstance(size, int) else None
    )
    return ErrorReply(error=body).model_dump_json(exclude_none=True).encode()


def error_reply(error: MiharibanError, status: int | None = None) -> Response:
    """An error as an answer."""
    return Response(error_bytes(error), status or status_of(error), media_type=JSON_TYPE)


def fact(found: BaseModel) -> Response:
    """One fact as an answer."""
    return Response(found.model_dump_json(by_alias=True), media_type=JSON_TYPE)


def facts(found: Sequence[BaseModel]) -> Response:
    """A list of facts as an answer."""
    return Response(
        _ANY.dump_json([each.model_dump(mode="json", by_alias=True) for each in found]), media_type=JSON_TYPE
    )
