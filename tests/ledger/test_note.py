"""Signed notes, keys, checkpoints, cosignatures."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.errors import MiharibanError
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from mihariban.ledger.cosignature import cosign, cosigned_at
from mihariban.ledger.errors import LedgerMissing, NoteMalformed, SignatureInvalid
from mihariban.ledger.keys import KeyKind, Signer, parse_key
from mihariban.ledger.note import Note, check_signed, parse_note, sign
from tests.ledger.books import OFFICE, ORIGIN, log_signer, script

# Made by the Go implementation of notes: its documentation's example.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SAMPLE = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))
ALONE = script()


def test_a_note_of_another_implementation_holds() -> None:
    """Key id, text and signature as others compute them."""
    check_signed(parse_note(GO_NOTE.encode()), parse_key(GO_KEY))
    assert parse_key(GO_KEY).text() == GO_KEY
    assert parse_note(GO_NOTE.encode()).encode() == GO_NOTE.encode()


def test_a_checkpoint_carries_several_signatures() -> None:
    """The log's own, and cosignatures with their times; a newer one of a key replaces its older."""
    note = SAMPLE.signed(log_signer())
    other = Signer("audit.example/laptop", KeyKind.COSIGNER, b"\x07" * 32)
    note = note.with_signatures([cosign(note.text, OFFICE, 5), cosign(note.text, other, 6)])
    note = parse_note(note.with_signatures([cosign(note.text, OFFICE, 9)]).encode())
    assert len(note.signatures) == 3
    assert open_checkpoint(note.encode(), log_signer().public)[0] == SAMPLE
    assert (cosigned_at(note, OFFICE.public), cosigned_at(note, other.public)) == (9, 6)
    assert cosigned_at(SAMPLE.signed(log_signer()), OFFICE.public) is None


def test_a_cosignature_of_another_checkpoint_is_false() -> None:
    """It does not move to another text or another time."""
    moved = SAMPLE.signed(log_signer()).with_signatures([cosign("x\n1\ny\n", OFFICE, 5)])
    with pytest.raises(SignatureInvalid):
        cosigned_at(moved, OFFICE.public)


def test_a_signature_of_another_key_is_not_enough() -> None:
    """Same name, other key; a cosigner's key does not sign, a log's does not cosign."""
    note = SAMPLE.signed(log_signer(b"\x08" * 32))
    with pytest.raises(SignatureInvalid):
        check_signed(note, log_signer().public)
    with pytest.raises(SignatureInvalid):
        sign("x\n", OFFICE)
    with pytest.raises(SignatureInvalid):
        cosign("x\n", log_signer(), 1)


def test_secrets_are_kept_private_and_never_overwritten(tmp_path: Path) -> None:
    """0600, read back as the same key, refused where damaged or absent."""
    made = Signer.create(tmp_path / "key", ORIGIN, KeyKind.LOG)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert Signer.load(tmp_path / "key").public == made.public
    with pytest.raises(FileExistsError):
        Signer.create(tmp_path / "key", ORIGIN, KeyKind.LOG)
    text = (tmp_path / "key").read_text()
    for damaged in (text.replace("PRIVATE", "PUBLIC"), text.replace(ORIGIN, "x"), text[:-9] + "\n"):
        (tmp_path / "key").write_text(damaged)
        with pytest.raises(NoteMalformed):
            Signer.load(tmp_path / "key")
    with pytest.raises(LedgerMissing):
        Signer.load(tmp_path / "none")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_key_names_have_neither_space_nor_plus(name: str) -> None:
    """As the format asks."""
    with pytest.raises(NoteMalformed):
        Signer(name, KeyKind.LOG, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "x\n1\n",
        "x\n01\n{0}\n",
        "x\n-1\n{0}\n",
        "x\n\u0661\n{0}\n",
        "x\n1\n{0}",
        "\n1\n{0}\n",
        "x\n1\nAAAA\n",
        "x\n1\n{0}\n\n",
        "x\n9223372036854775808\n{0}\n",
        "x\n1 \n{0}\n",
        "x\n1\n{0}=\n",
    ],
)
def test_other_checkpoints_are_refused(text: str) -> None:
    """One spelling of each number and hash; both readers agree."""
    text = text.format("A" * 43 + "=")
    with pytest.raises(NoteMalformed):
        parse_checkpoint(text)
    with pytest.raises((ALONE.Bad, IndexError)):
        ALONE.read_note((text + "\n\u2014 x AAAAAAA=\n").encode())
        ALONE.read_checkpoint(text if text.endswith("\n") else "\n")


_SHAPED = st.tuples(
    st.text(st.sampled_from("ab\n +\u2014\u3000"), max_size=12),
    st.sampled_from(["", "\n", "\n\n", "\n\n\n"]),
    st.text(st.sampled_from("\u2014 ab+AQ=\n\u00a0\x1f"), max_size=24),
).map(lambda parts: "".join(parts).encode())


@given(st.binary(max_size=80) | _SHAPED | st.sampled_from([GO_NOTE.encode(), GO_NOTE.encode()[:-1]]))
def test_both_readers_take_the_same_notes(data: bytes) -> None:
    """Whatever is thrown at them: a note or a refusal, and the same from both."""
    try:
        note: Note | None = parse_note(data)
    except NoteMalformed:
        note = None
    try:
        text, signatures = ALONE.read_note(data)
    except ALONE.Bad:
        assert note is None
        return
    assert note is not None
    assert note.encode() == data
    assert (note.text, [(each.name, each.key_id, each.data) for each in note.signatures]) == (text, signatures)


@given(st.integers(0, len(GO_KEY) - 1), st.characters())
def test_both_readers_take_the_same_keys(place: int, letter: str) -> None:
    """A key with one letter changed is refused by both."""
    text = GO_KEY[:place] + letter + GO_KEY[place + 1 :]
    if text == GO_KEY:
        return
    with pytest.raises(MiharibanError):
        parse_key(text)
    with pytest.raises((ALONE.Bad, UnicodeEncodeError)):
        ALONE.read_key(text)
