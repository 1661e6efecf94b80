"""Grants: what was decided is accepted, whatever differs from it in any place is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.base.errors import MiharibanError
from mihariban.ledger.checkpoint import Checkpoint, parse_checkpoint
from mihariban.ledger.entry import Stamp, leaf_of, moment
from mihariban.ledger.hashing import leaf_hash
from mihariban.ledger.keys import KeyKind, Signer, base64_text
from mihariban.ledger.note import parse_note
from mihariban.ledger.tags import Outcome
from mihariban.recorder.contract.errors import (
    GrantElsewhere,
    GrantExpired,
    GrantForged,
    GrantMalformed,
    GrantNotYet,
    GrantOutdated,
    GrantReplayed,
    GrantRevoked,
    GrantWidened,
)
from mihariban.recorder.contract.orders import GrantOrder
from mihariban.recorder.contract.signed import MAX_BODY, Proof, key_line, seal
from mihariban.recorder.decision import Known, check_fresh, check_sequence
from mihariban.recorder.grant import Grant, verify_grant
from tests.recorder.api.doors import CAMERA, RECORDER, SITE, WALL, Pair


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    made = Pair(tmp_path_factory.mktemp("pair"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def body(pair: Pair) -> bytes:
    """A good grant."""
    for _ in range(4):
        pair.grant()
    return pair.office.present(pair.grant())


def _verify(pair: Pair, body: bytes, **other: Any) -> Grant:
    facts: dict[str, Any] = {
        "office_keys": pair.book.keys.public(),
        "site": SITE,
        "recorder": RECORDER,
        "cameras": {CAMERA},
        "now": WALL,
        "last_seen": None,
    }
    return verify_grant(body, **{**facts, **other})


def test_a_grant_says_who_what_and_until(pair: Pair, body: bytes) -> None:
    """Exact to the nanosecond; the name is the one committed to in the office's ledger."""
    grant = _verify(pair, body)
    assert (grant.camera, grant.start, grant.end) == (CAMERA, WALL - 60 * SECOND, WALL - 50 * SECOND)
    order = grant.decision.order
    assert (order.decided_by.role, order.decided_by.name.text, order.request) == ("manager", "見本 太郎", "市窓 7")
    assert grant.decision.actor(b"\x01" * 32)["office"] == order.decided_by.name.hash
    assert "見本" not in repr(grant) and "照会" not in repr(grant)


def test_every_changed_byte_is_refused(pair: Pair, body: bytes) -> None:
    """One bit of each byte, and each byte left out."""
    for place in range(len(body)):
        for bad in (
            body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :],
            body[:place] + bytes([body[place] ^ 0x20]) + body[place + 1 :],
            body[:place] + body[place + 1 :],
        ):
            with pytest.raises((GrantMalformed, GrantForged)):
                _verify(pair, bad)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*at, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _paths(inner, (*at, place))
    else:
        yield at


def _other(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, int):
        return value + 1
    if value.endswith("Z") and "T" in value:
        return value.replace(":", ":", 1)[:-2] + ("1Z" if value[-2] == "0" else "0Z")
    if value in ("view", "extract"):
        return "extract" if value == "view" else "view"
    swapped = {"0": "1", "a": "b"}.get(value[-2], "0" if value[-2:-1].isalnum() else "x")
    return value[:-2] + swapped + value[-1]


def test_every_changed_field_is_refused_though_the_office_signs_it(pair: Pair, body: bytes) -> None:
    """A stolen grant key alone opens nothing: the entry in the ledger says something else."""
    document = json.loads(json.loads(body)["document"])
    paths = list(_paths(document))
    assert len(paths) >= 25
    for path in paths:
        changed = json.loads(json.dumps(document))
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = _other(place[path[-1]])
        assert changed != document, path
        with pytest.raises(MiharibanError) as caught:
            _verify(pair, _signed(pair, changed))
        assert caught.value.code.startswith("MH37"), path


def _signed(pair: Pair, document: dict[str, Any]) -> bytes:
    """``document``, whatever it says, under the office's own grant key."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signer = pair.book.keys.grant
    envelope = {
        "document": text,
        "key": key_line(signer.public),
        "signature": base64_text(signer.sign(b"mihariban grant v1\n" + text.encode())),
    }
    return json.dumps(envelope, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_the_same_signed_again_is_the_same(pair: Pair, body: bytes) -> None:
    """The helper above changes nothing by itself: else the test above could not fail."""
    assert _signed(pair, json.loads(json.loads(body)["document"])) == body


def test_unknown_missing_and_doubled_names_are_refused(pair: Pair, body: bytes) -> None:
    """In every object of the document, though it is signed."""
    document = json.loads(json.loads(body)["document"])
    for part in (document, document["order"], document["proof"], document["order"]["decided_by"]):
        part["more"] = "x"
        with pytest.raises(GrantMalformed):
            _verify(pair, _signed(pair, document))
        del part["more"]
        for name in list(part):
            kept = part.pop(name)
            with pytest.raises(GrantMalformed):
                _verify(pair, _signed(pair, document))
            part[name] = kept
    with pytest.raises(GrantMalformed):
        _verify(pair, body.replace(b'"key":', b'"key":"x","key":', 1))
    with pytest.raises(GrantMalformed):
        _verify(pair, body.replace(b'{"document"', b'{ "document"', 1))
    with pytest.raises(GrantMalformed):
        _verify(pair, body[:-1] + b',"text":"x"}')
    with pytest.raises(GrantMalformed):
        _verify(pair, b" " * (MAX_BODY + 1))


def test_a_grant_for_elsewhere_is_refused(pair: Pair, body: bytes) -> None:
    """Another site, recorder or camera."""
    for other in ({"site": "other"}, {"recorder": "r2"}, {"cameras": {"cam2"}}):
        with pytest.raises(GrantElsewhere):
            _verify(pair, body, **other)


def test_a_grant_has_its_time(pair: Pair, body: bytes) -> None:
    """Not after ``until``, to the nanosecond; not before it was issued, give or take the clocks."""
    assert _verify(pair, body, now=WALL + HOUR - 1)
    with pytest.raises(GrantExpired):
        _verify(pair, body, now=WALL + HOUR)
    assert _verify(pair, body, now=WALL - 2 * MINUTE)
    with pytest.raises(GrantNotYet):
        _verify(pair, body, now=WALL - 2 * MINUTE - 1)


def test_more_than_was_granted_is_refused(pair: Pair, body: bytes) -> None:
    """Another purpose, a nanosecond before or behind."""
    grant = _verify(pair, body)
    grant.require("view", grant.start, grant.end)
    for asked in (("extract", None, None), ("view", grant.start - 1, None), ("view", None, grant.end + 1)):
        with pytest.raises(GrantWidened):
            grant.require(*asked)


def test_a_grant_is_not_used_twice(pair: Pair, body: bytes) -> None:
    """The same decision goes on; another under its id, or one that has ended or was revoked, does not."""
    decision = _verify(pair, body).decision
    assert check_fresh(decision, None)
    known = Known(decision.digest)
    assert not check_fresh(decision, known)
    with pytest.raises(GrantReplayed):
        check_fresh(decision, replace(known, digest=b"\x00" * 32))
    with pytest.raises(GrantReplayed):
        check_fresh(decision, replace(known, ended=True))
    with pytest.raises(GrantRevoked):
        check_fresh(decision, replace(known, ended=True, revoked=True))
    check_sequence(decision, 2, 1)
    with pytest.raises(GrantReplayed):
        check_sequence(decision, 2, 2)


def test_other_keys_sign_no_grants(pair: Pair, body: bytes) -> None:
    """Not the office's ledger key, not a stranger's of the same name; and no grant key, no grants."""
    order = _verify(pair, body).decision.order
    proof = Proof.model_validate(json.loads(json.loads(body)["document"])["proof"])
    name = pair.book.keys.grant.public.name
    for signer in (pair.book.keys.ledger, pair.book.keys.cosign, Signer(name, KeyKind.LOG, b"\x07" * 32)):
        with pytest.raises(GrantForged):
            _verify(pair, seal(order, proof, signer))
    assert seal(order, proof, pair.book.keys.grant) == body
    with pytest.raises(GrantForged):
        _verify(pair, body, office_keys=replace(pair.book.keys.public(), grant=None))


def test_a_proof_continues_what_was_cosigned(pair: Pair) -> None:
    """The same size, a larger one with its proof; anything else asks for a proof anew or is a fork."""
    grant = pair.grant()
    early = parse_checkpoint(parse_note(pair.book.ledger.checkpoint().encode()).text)
    pair.grant()
    late = parse_checkpoint(pair.book.ledger.checkpoint().text)
    assert _verify(pair, pair.office.present(grant, continues=early.size), last_seen=early)
    assert _verify(pair, pair.office.present(grant, continues=late.size), last_seen=late)
    for continues, seen in ((0, early), (early.size, late), (late.size, early), (early.size, None)):
        with pytest.raises(GrantOutdated) as caught:
            _verify(pair, pair.office.present(grant, continues=continues), last_seen=seen)
        assert caught.value.facts["size"] == (seen.size if seen else 0)
    for seen in (early, late):
        fork = Checkpoint(seen.origin, seen.size, b"\x09" * 32)
        with pytest.raises(GrantForged):
            _verify(pair, pair.office.present(grant, continues=seen.size), last_seen=fork)


def test_a_decision_that_is_not_in_the_book_is_no_decision(pair: Pair, tmp_path: Path) -> None:
    """Another office's entry, or an entry of the same office about something else, proves nothing."""
    other = Pair(tmp_path)
    try:
        theirs = json.loads(json.loads(other.office.present(other.grant()))["document"])
    finally:
        other.close()
    ours = json.loads(json.loads(pair.office.present(pair.grant()))["document"])
    second = json.loads(json.loads(pair.office.present(pair.grant()))["document"])
    for order, proof in ((theirs, ours), (ours, theirs), (ours, second)):
        with pytest.raises(GrantForged):
            _verify(pair, _signed(pair, {**order, "proof": proof["proof"]}))


@pytest.mark.parametrize(
    "facts",
    [
        {"start": WALL, "end": WALL},
        {"until": WALL},
        {"camera": "cam 1"},
        {"camera": ""},
        {"purpose": "copy"},
        {"start": -1},
        {"end": 1 << 63},
    ],
)
def test_the_office_does_not_sign_nonsense(pair: Pair, facts: dict[str, Any]) -> None:
    """And nothing of it is entered."""
    size = pair.book.ledger.store.size()
    with pytest.raises(GrantMalformed):
        pair.grant(**facts)
    assert pair.book.ledger.store.size() == size


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_by_the_tree(pair: Pair, data: bytes) -> None:
    """No foreign error from the parser."""
    with pytest.raises(GrantMalformed):
        _verify(pair, data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arbitrary_values_in_a_signed_grant_are_refused(pair: Pair, body: bytes, data: st.DataObject) -> None:
    """Anywhere in the document, under a true signature: an error of the tree, never a grant."""
    document = json.loads(json.loads(body)["document"])
    path = data.draw(st.sampled_from(list(_paths(document))))
    place = document
    for step in path[: (cut := data.draw(st.integers(1, len(path)))) - 1]:
        place = place[step]
    old = place[path[cut - 1]]
    new = data.draw(_JSON.filter(lambda value: value != old))
    place[path[cut - 1]] = new
    try:
        bad = _signed(pair, document)
    except UnicodeEncodeError:
        return
    with pytest.raises(MiharibanError) as caught:
        _verify(pair, bad)
    assert caught.value.code.startswith("MH37")


def test_half_a_surrogate_pair_is_malformed(pair: Pair, body: bytes) -> None:
    """Python's JSON reads it, UTF-8 has no place for it."""
    for bad in (b'{"document":"\\ud800","key":"","signature":""}', body.replace(b'"key":"', b'"key":"\\udfff', 1)):
        with pytest.raises(GrantMalformed):
            _verify(pair, bad)


@pytest.mark.parametrize(("seq", "outcome", "accepted"), [(0, "done", True), (5, "done", False), (0, "intent", False)])
def test_an_entry_carries_its_own_number_and_was_done(
    pair: Pair, body: bytes, seq: int, outcome: str, accepted: bool
) -> None:
    """A book that was made by hand, under the ledger's own key: an entry of another number, or a mere intent."""
    order = _verify(pair, body).decision.order
    leaf = leaf_of(order.draft(), seq, Stamp(WALL, 0, "boot", "unknown"), Outcome(outcome))
    keys = pair.book.keys
    note = Checkpoint(keys.ledger.public.name, 1, leaf_hash(leaf)).signed(keys.ledger)
    proof = Proof(
        index=0, leaf=base64_text(leaf), checkpoint=note.encode().decode(), inclusion=[], continues=0, growth=[]
    )
    made = seal(order, proof, keys.grant)
    if accepted:
        assert _verify(pair, made).id == order.id
    else:
        with pytest.raises(GrantForged):
            _verify(pair, made)


def test_the_order_of_facts_is_the_books(pair: Pair, body: bytes) -> None:
    """The entry in the office's ledger names the grant's facts in plain words, not by hash alone."""
    grant = _verify(pair, body)
    entry = json.loads(pair.book.ledger.store.leaves(grant.decision.entry, grant.decision.entry + 1)[0])
    assert entry["tag"] == "grant:footage:issue"
    assert entry["object"]["from"] == moment(grant.start)
    assert isinstance(grant.decision.order, GrantOrder)
    assert "見本" not in str(entry)
