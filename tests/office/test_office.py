"""The office: its book, its orders, and what it and a recorder prove to each other."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihariban.base.clock import HOUR, SECOND
from mihariban.cli.ledger import command as ledger_command
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.errors import LedgerForked, LedgerMissing, LedgerRolledBack, LedgerUnwritable, NoteMalformed
from mihariban.office.book import OfficeBook
from mihariban.office.exchange import deliver, exchange, have_cosigned, overdue
from mihariban.office.signer import Decided
from mihariban.office.trust import known_recorder, trust
from mihariban.recorder.contract.errors import GrantMalformed, GrantOutdated, NoSuchThing, RecorderUnavailable
from mihariban.recorder.contract.keys import load_keys
from mihariban.recorder.contract.orders import CalendarOrder
from tests.recorder.api.doors import CAMERA, DECIDED, RECORDER, SITE, Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def test_an_office_is_made_once_and_opened_again(pair: Pair) -> None:
    """Keys and database are private; nothing is overwritten."""
    folder = pair.path / "office"
    for name in ("office.db", "ledger.key", "cosign.key", "grant.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        OfficeBook.create(folder, name="x", clock=pair.clock)
    grant = pair.grant()
    body = pair.office.present(grant)
    with OfficeBook(folder, clock=pair.clock) as again:
        assert again.ledger.store.size() == 2
        from mihariban.office.signer import Office

        assert Office(again, pair.office.party).present(grant) == body


def test_a_folder_without_an_office_says_so(tmp_path: Path, pair: Pair) -> None:
    """And a name that is no key name is refused."""
    with pytest.raises(LedgerMissing):
        OfficeBook(tmp_path / "none", clock=pair.clock)
    with pytest.raises(NoteMalformed):
        OfficeBook.create(tmp_path / "new", name="a b", clock=pair.clock)


def test_an_order_and_its_entry_are_one_transaction(pair: Pair) -> None:
    """Where the ledger cannot be written nothing is decided."""
    pair.sql("CREATE TRIGGER full BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(LedgerUnwritable):
        pair.grant()
    assert pair.sql("SELECT count(*) FROM order_issued")[0][0] == 0
    pair.sql("DROP TRIGGER full")
    pair.grant()
    assert pair.sql("SELECT count(*) FROM order_issued")[0][0] == 1


def test_names_stand_beside_the_ledger_alone(pair: Pair) -> None:
    """Neither in an entry nor in the table of orders; once erased, the order cannot be presented any more."""
    grant = pair.grant()
    order = pair.office.order(grant)
    rows = [bytes(row[0]).decode() for row in pair.sql("SELECT CAST(leaf AS BLOB) FROM ledger_entry")]
    rows += [row[0] for row in pair.sql("SELECT core FROM order_issued")]
    assert len(rows) == 3
    assert not any("見本" in row or "照会" in row for row in rows)
    pair.book.ledger.store.erase_text(bytes.fromhex(order.decided_by.name.hash))
    with pytest.raises(NoSuchThing):
        pair.office.present(grant)
    with pytest.raises(NoSuchThing):
        pair.office.present("0" * 26)


def test_every_order_has_its_entry(pair: Pair) -> None:
    """Each with the role, the article, the request number and the order's digest."""
    now = pair.clock.wall()
    office = pair.office
    grant = pair.grant()
    hold = office.order_hold(DECIDED, camera=CAMERA, start=now - 9, end=now, review=now + 9)
    office.release_hold(DECIDED, hold)
    office.revoke_grant(DECIDED, grant)
    office.order_still(DECIDED, CAMERA)
    first = office.push_calendar(DECIDED, [], ["x"])
    second = office.push_calendar(DECIDED, [], ["y"])
    office.push_policy(DECIDED, text="a", version="1", document_number="2")
    entries = [read_leaf(leaf) for leaf in pair.book.ledger.store.leaves(1, 9)]
    assert [each["tag"] for each in entries] == [
        "grant:footage:issue",
        "hold:footage:place",
        "hold:footage:release",
        "grant:footage:revoke",
        "footage:still:take",
        "calendar:entry:withdraw",
        "calendar:entry:withdraw",
        "policy:version:use",
    ]
    for each in entries:
        assert (each["actor"]["role"], each["basis"], each["case"]) == ("manager", "第8条", "市窓 7")
        assert len(each["object"]["digest"]) == 64
    orders = [office.order(each) for each in (first, second)]
    assert [each.sequence for each in orders if isinstance(each, CalendarOrder)] == [1, 2]


@pytest.mark.parametrize(
    "decided",
    [
        Decided("", "見本", "x", "第8条", "7"),
        Decided("manager", "", "x", "第8条", "7"),
        Decided("manager", "見本", "", "第8条", "7"),
        Decided("manager", "見本", "x", "", "7"),
        Decided("manager", "見本", "x", "第8条", ""),
        Decided("manager", "見\ud800本", "x", "第8条", "7"),
        Decided("manager", "見本", "x" * 2001, "第8条", "7"),
    ],
)
def test_nobody_decides_without_name_reason_article_and_number(pair: Pair, decided: Decided) -> None:
    """Nothing is entered, no text is kept."""
    with pytest.raises(GrantMalformed):
        pair.office.order_still(decided, CAMERA)
    assert pair.book.ledger.store.size() == 1
    assert pair.sql("SELECT count(*) FROM ledger_text")[0][0] == 0


def test_both_know_each_other_after_init(pair: Pair) -> None:
    """Public keys only, in the other's folder; again replaces."""
    assert load_keys(pair.path / "recorder" / "office.keys") == pair.book.keys.public()
    party = known_recorder(pair.path / "office", site=SITE, recorder=RECORDER)
    assert party == trust(pair.path / "recorder", pair.path / "office", site=SITE, recorder=RECORDER)
    assert party.keys.grant is None
    for path in (pair.path / "recorder" / "office.keys", *(pair.path / "office" / "recorders").iterdir()):
        assert "PRIVATE" not in path.read_text()
    with pytest.raises(LedgerMissing):
        known_recorder(pair.path / "office", site=SITE, recorder="r2")


def test_an_outdated_proof_is_made_anew(pair: Pair) -> None:
    """The recorder cosigned, its answer got lost: the office learns the size from the refusal."""
    with pair.served() as (client, _):
        exchange(pair.office, client)
        pair.sql("DELETE FROM ledger_checkpoint")  # what we knew of its cosignature
        grant = pair.grant()
        with pytest.raises(GrantOutdated):
            client.open_grant(pair.office.present(grant))
        assert deliver(pair.office, grant, client.open_grant).id == grant
        have_cosigned(pair.office, client)  # the same with cosigning
    assert pair.book.ledger.cosigned(pair.office.party.keys.cosign) == (2, pair.clock.wall() // SECOND)


def test_late_is_a_finding(pair: Pair) -> None:
    """And never a reason to stop: grants go on."""
    with pair.served() as (client, _):
        assert overdue(pair.office, HOUR) == [pair.office.party.keys.cosign]
        exchange(pair.office, client)
        assert overdue(pair.office, HOUR) == []
        pair.clock.turn(HOUR + SECOND)
        assert overdue(pair.office, HOUR) == [pair.office.party.keys.cosign]
        assert deliver(pair.office, pair.grant(), client.open_grant)
    with pytest.raises(RecorderUnavailable):
        exchange(pair.office, client)


def test_a_recorder_that_rewrote_its_ledger_is_not_cosigned(pair: Pair) -> None:
    """The refusal is entered."""
    pair.recorder.refused("grant", GrantMalformed(why="x"))
    with pair.served() as (client, _):
        exchange(pair.office, client)
        db = pair.recorder.db
        for trigger in ("keep", "stay"):
            db.execute(f"DROP TRIGGER ledger_entry_{trigger}")
        db.execute("UPDATE ledger_entry SET hash = zeroblob(32) WHERE seq = 0")
        db.execute("DELETE FROM ledger_checkpoint")
        with pytest.raises(LedgerForked):
            exchange(pair.office, client)
    last = read_leaf(pair.book.ledger.store.leaves(pair.book.ledger.store.size() - 1, 99)[0])
    assert (last["tag"], last["object"]["cause"]) == ("cosign:checkpoint:refuse", "MH406")


def test_an_office_put_back_from_an_old_copy_is_found(pair: Pair) -> None:
    """The recorder has seen more than it holds."""
    grant = pair.grant()
    with pytest.raises(LedgerRolledBack):
        pair.office.present(grant, continues=99)


def test_both_ledgers_verify_and_name_their_cosigners(pair: Pair) -> None:
    """With the command an auditor uses."""
    with pair.served() as (client, _):
        deliver(pair.office, pair.grant(), client.open_grant)
        exchange(pair.office, client)
    pair.publish()
    result = CliRunner().invoke(
        ledger_command, ["verify", str(pair.path), "--contents", "--json"], standalone_mode=False
    )
    assert result.exception is None and result.return_value == 0, result.output
    facts = json.loads(result.output)
    assert [each["origin"] for each in facts] == ["saga.example/r1", "saga.example/office"]
    assert all(each["verified"] and len(each["cosigned"]) == 1 for each in facts)
