"""Take a version of the rule from the office: kept beside the others, in force on its own date (article 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.errors import MiharibanError
from mihariban.base.files import sync_directory, write_private
from mihariban.ledger.tags import Tag
from mihariban.policy import PolicyBook, load_policy, require_complete
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.errors import GrantMalformed
from mihariban.recorder.contract.orders import PolicyOrder
from mihariban.recorder.decision import Decision, check_fresh, check_sequence

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def put_policy(recorder: Recorder, decision: Decision[PolicyOrder]) -> int:
    """Take a version. Returns the number of our entry in the ledger, or the last one where it came before.

    Raises:
        GrantReplayed: older than the last push, or its id was used for another decision.
        GrantMalformed: no text came with it, or the text is of another version than the order names.
        InputError, PolicyVersionsConflict, PolicyIncomplete: the text is no rule, or does not follow the others.
        LedgerUnwritable: nothing was changed.
    """
    control, order = recorder.control, decision.order
    if not check_fresh(decision, known(recorder, decision)):
        return control.store.size() - 1
    check_sequence(decision, order.sequence, control.newest_order(order.kind))
    folder = recorder.folder.other_versions
    folder.mkdir(exist_ok=True)
    aside = folder / ".pushed"
    write_private(aside, (decision.text or "").encode())
    try:
        _check(recorder, order, decision.text)
        draft = draft_of(
            recorder, decision, Tag.POLICY_VERSION_RECEIVE, {"version": order.version, "hash": order.sha256}
        )
        with control.ledger.deed(draft) as deed:
            aside.replace(folder / f"{order.sha256[:16]}.toml")
            sync_directory(folder)
    except MiharibanError:
        aside.unlink(missing_ok=True)
        raise
    with control.transaction() as db:
        remember(recorder, db, decision, order.sequence)
    recorder.use_calendar()
    return deed.intent


def _check(recorder: Recorder, order: PolicyOrder, text: str | None) -> None:
    if text is None:
        raise GrantMalformed(why="no text of the rule came with it")
    loaded = load_policy(recorder.folder.other_versions / ".pushed")
    require_complete(loaded.policy)
    if str(loaded.policy.version) != order.version:
        raise GrantMalformed(why=f"the text is version {loaded.policy.version}, the order names {order.version}")
    if loaded.sha256 not in {each.sha256 for each in recorder.book.versions}:
        PolicyBook([*recorder.book.versions, loaded])
