"""The contract's own parts: lists of keys, errors told and understood, orders as the ledger holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mihariban.base.errors import MiharibanError, all_errors
from mihariban.ledger.commitment import commit
from mihariban.ledger.errors import CosignConflict, LedgerMissing, NoteMalformed
from mihariban.ledger.keys import KeyKind, Signer
from mihariban.recorder.api.replies import error_bytes, status_of
from mihariban.recorder.contract import errors
from mihariban.recorder.contract.errors import GrantOutdated, NoSuchThing
from mihariban.recorder.contract.facts import ErrorReply, Status
from mihariban.recorder.contract.fields import Id, Moment, Signed
from mihariban.recorder.contract.keys import PartyKeys, load_keys, parse_keys
from mihariban.recorder.contract.order import Committed
from mihariban.recorder.contract.told import as_told

LOG = Signer("a.example/r", KeyKind.LOG, b"\x01" * 32).public
COSIGN = Signer("a.example/r/cosign", KeyKind.COSIGNER, b"\x02" * 32).public
GRANT = Signer("a.example/r/grant", KeyKind.LOG, b"\x03" * 32).public


def test_a_list_of_keys_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With comments and empty lines."""
    for keys in (PartyKeys(LOG, COSIGN), PartyKeys(LOG, COSIGN, GRANT)):
        assert parse_keys("# ours\n\n" + keys.text()) == keys
        assert list(parse_keys(keys.text())) == list(keys)
    with pytest.raises(LedgerMissing):
        load_keys(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"ledger {LOG.text()}\n",
        f"ledger {LOG.text()}\ncosign {LOG.text()}\n",
        f"ledger {COSIGN.text()}\ncosign {COSIGN.text()}\n",
        f"ledger {LOG.text()}\nledger {LOG.text()}\ncosign {COSIGN.text()}\n",
        f"ledger {LOG.text()}\ncosign {COSIGN.text()}\ngrant {LOG.text()}\n",
        f"ledger {LOG.text()}\ncosign {COSIGN.text()}\nother {GRANT.text()}\n",
        f"ledger  {LOG.text()}\ncosign {COSIGN.text()}\n",
    ],
)
def test_a_list_of_keys_names_each_use_once(text: str) -> None:
    """Nothing missing, doubled, unknown, of another kind; no key with two uses."""
    with pytest.raises(NoteMalformed):
        parse_keys(text)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text().map(lambda text: "ledger " + text))
def test_any_text_is_no_list_of_keys(text: str) -> None:
    """An error of the tree and no other."""
    with pytest.raises(NoteMalformed):
        parse_keys(text)


def test_an_error_comes_back_as_its_own_class() -> None:
    """With its sentences in both languages, braces and all; an unknown code as the root."""
    for error in (NoSuchThing(what="{x} y"), GrantOutdated(size=7), CosignConflict(origin="o", size=3)):
        told = as_told(ErrorReply.model_validate_json(error_bytes(error)).error)
        assert isinstance(told, type(error))
        assert told.as_json() == error.as_json()
        assert told.facts.get("size") == error.facts.get("size")
        assert type(told) not in set(all_errors())
    strange = ErrorReply.model_validate({"error": {"code": "MH999", "ja": "あ", "en": "a"}}).error
    assert type(as_told(strange)).__mro__[1] is MiharibanError
    assert as_told(strange).code == "MH999"


def test_every_error_of_the_door_has_a_status() -> None:
    """None of ours is a 500."""
    ours = [each for each in vars(errors).values() if isinstance(each, type) and each.__module__ == errors.__name__]
    assert len(ours) == 15
    for kind in ours:
        assert 400 <= status_of(kind.__new__(kind)) <= 503
        assert status_of(kind.__new__(kind)) != 500


def test_facts_of_a_later_version_are_passed_on() -> None:
    """A reader neither fails nor drops what it does not know."""
    text = (
        '{"site":"s","recorder":"r","version":"9","at":"x","time_quality":"unknown","state":"ok","cameras":[],'
        '"findings":[],"ledger":{"origin":"o","size":1,"writable":true},"holds":{"count":0,"seconds":0,"bytes":0,'
        '"free_bytes":0},"later":{"more":1}}'
    )
    assert '"later":{"more":1}' in Status.model_validate_json(text).model_dump_json()


def test_a_text_must_be_the_one_committed_to() -> None:
    """An office cannot name one person in its ledger and another to the recorder."""
    made = Committed.of(commit("見本 太郎"))
    facts = made.model_dump()
    assert Committed.model_validate(facts) == made
    for name, other in (
        ("text", "見本 花子"),
        ("salt", "0" * 64),
        ("hash", "0" * 64),
        ("text", ""),
        ("salt", "0" * 62),
    ):
        with pytest.raises(ValidationError):
            Committed.model_validate({**facts, name: other})


class _Fields(Signed):
    at: Moment = "2026-11-23T08:30:00.000000000Z"
    id: Id = "01ksr49200c5xmafwk2amhbs0r"


@pytest.mark.parametrize(
    "facts",
    [
        {"at": "2026-11-23T8:30:00.000000000Z"},
        {"at": "2026-11-23T08:30:00.000000000z"},
        {"at": "2026-11-23T08:30:00.00000000Z"},
        {"at": "2026-11-23T08:30:00+09:00"},
        {"at": "2026-11-23T08:30:00.00000000０Z"},
        {"at": "2026-11-23T08:30:60.000000000Z"},
        {"at": "1969-12-31T23:59:59.000000000Z"},
        {"at": "9999-12-31T23:59:59.000000000Z"},
        {"at": 1},
        {"id": "01KSR49200C5XMAFWK2AMHBS0R"},
        {"id": "z" * 26},
        {"id": ""},
    ],
)
def test_an_instant_and_an_id_have_one_spelling(facts: dict[str, object]) -> None:
    """Else one decision could have two digests."""
    assert _Fields.model_validate({"at": "2026-11-23T08:30:00.000000000Z", "id": "01ksr49200c5xmafwk2amhbs0r"})
    with pytest.raises(ValidationError):
        _Fields.model_validate(facts)
