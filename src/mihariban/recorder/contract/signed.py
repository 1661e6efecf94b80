"""A signed document: an order, and the proof that it stands in the office's ledger, under the office's grant key.

Body of a request, canonical JSON::

    {"document": "<canonical JSON>", "key": "<name>+<id>", "signature": "<base64>"[, "text": "<what the order names>"]}

Document: ``{"order": {…}, "proof": {"checkpoint", "continues", "growth", "inclusion", "index", "leaf"}, "v": 1}``. The
signature (Ed25519) is over ``mihariban <kind> v1``, a newline, and the document: no document passes for another kind,
and none for a checkpoint, whose first line is a key name and has no space.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, ValidationError

from mihariban.ledger import canonical
from mihariban.ledger.errors import EntryRefused, NoteMalformed
from mihariban.ledger.keys import PublicKey, Signer, base64_bytes, base64_text
from mihariban.ledger.proof import MAX_HASHES
from mihariban.recorder.contract.errors import GrantForged, GrantMalformed
from mihariban.recorder.contract.fields import Base64, Count, Signed
from mihariban.recorder.contract.order import Kind, Order

MAX_BODY = 1 << 20
"""Longest body of a request, in bytes."""

O = TypeVar("O", bound=Order)  # noqa: E741  # O for order, as T for type


class Proof(Signed):
    """That the decision stands in the office's ledger.

    Attributes:
        index: number of its entry. leaf: the entry itself, Base 64.
        checkpoint: the signed note of the office's ledger under which it stands.
        inclusion: hashes from the entry to the checkpoint's root, Base 64.
        continues: size of the checkpoint that the recorder cosigned last, 0 for none.
        growth: consistency proof from there to ``checkpoint``, Base 64.
    """

    index: Count
    leaf: Base64
    checkpoint: Annotated[str, Field(max_length=16_384)]
    inclusion: Annotated[list[Base64], Field(max_length=MAX_HASHES)]
    continues: Count
    growth: Annotated[list[Base64], Field(max_length=MAX_HASHES)]


class Document(Signed, Generic[O]):
    """What is signed."""

    v: Literal[1]
    order: O
    proof: Proof


class _Envelope(Signed):
    document: str
    key: str
    signature: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Opened(Generic[O]):
    """A document under a true signature. Its proof has not been looked at."""

    order: O
    proof: Proof
    text: str | None


def key_line(key: PublicKey) -> str:
    """Name and id of a key, as an envelope names it."""
    return f"{key.name}+{key.key_id.hex()}"


def seal(order: Order, proof: Proof, signer: Signer, text: str | None = None) -> bytes:
    """The signed document as the body of a request. ``text``: what the order names by its hash."""
    document = canonical.encode({"v": 1, "order": order.core(), "proof": proof.model_dump()})
    envelope = {
        "document": document.decode(),
        "key": key_line(signer.public),
        "signature": base64_text(signer.sign(_message(order.kind, document))),
    }
    if text is not None:
        envelope["text"] = text
    return _spelling(envelope)


def open_signed(body: bytes, order: type[O], key: PublicKey) -> Opened[O]:
    """The order in ``body``, after its signature was verified.

    Raises:
        GrantMalformed: not of its form, or spelt otherwise than canonically.
        GrantForged: not signed by ``key``.
    """
    envelope = _envelope(body)
    document = envelope.document.encode()
    if envelope.key != key_line(key):
        raise GrantForged(why="signed by a key that is not the office's grant key")
    try:
        signature = base64_bytes(envelope.signature, "signature")
    except NoteMalformed:
        raise GrantMalformed(why="its signature is not Base 64") from None
    if not key.holds(signature, _message(order.kind, document)):
        raise GrantForged(why="the signature was not made over this document")
    try:
        found = Document[order].model_validate(canonical.decode(document))  # type: ignore[valid-type]  # pydantic's own way
    except EntryRefused as error:
        raise GrantMalformed(why=str(error.facts["why"])) from None
    except ValidationError as error:
        raise GrantMalformed(why=first_fault(error)) from None
    return Opened(found.order, found.proof, _text(envelope, found.order))


def first_fault(error: ValidationError) -> str:
    """Where and why a document is not of its form, without its content."""
    detail = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in detail["loc"])
    return f"{where}: {detail['msg']}" if where else detail["msg"]


def _envelope(body: bytes) -> _Envelope:
    if len(body) > MAX_BODY:
        raise GrantMalformed(why=f"longer than {MAX_BODY} bytes")
    try:
        value: Any = json.loads(body.decode("utf-8"))
        envelope = _Envelope.model_validate(value)
        if _spelling(value) != body:
            raise GrantMalformed(why="the envelope is not canonical JSON")
    except ValidationError as error:
        raise GrantMalformed(why=first_fault(error)) from None
    except (ValueError, RecursionError):  # not UTF-8, not JSON, half a surrogate pair, nested too deep
        raise GrantMalformed(why="the envelope is not JSON") from None
    return envelope


def _text(envelope: _Envelope, order: Order) -> str | None:
    """The text beside the document; only what the order names by its hash may travel with it."""
    named = getattr(order, "sha256", None)
    if (named is None) != (envelope.text is None):
        raise GrantMalformed(why="a text that the order does not name, or none where it names one")
    if envelope.text is not None and sha256(envelope.text.encode()).hexdigest() != named:
        raise GrantForged(why="the text is not the one that the order names")
    return envelope.text


def _spelling(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _message(kind: Kind, document: bytes) -> bytes:
    return f"mihariban {kind} v1\n".encode() + document
