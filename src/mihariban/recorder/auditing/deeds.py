"""Who did what at the recorder, and can its clock and its figures be believed? Questions 9, 10, 18, 24 and 25."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from mihariban.base.clock import SECOND, iso, to_datetime
from mihariban.base.errors import MiharibanError
from mihariban.ledger.entry import from_moment
from mihariban.ledger.tags import Tag
from mihariban.ledger.verify import Verdict as Verified
from mihariban.ledger.verify import verify
from mihariban.recorder.auditing.evidence import Answer, Entry, Evidence, answer
from mihariban.recorder.health.kinds import FindingKind

STEP = SECOND // 2
_MACHINE = {
    Tag.BOOT_PROCESS_START: "start",
    Tag.BOOT_PROCESS_STOP: "stop",
    Tag.KEY_ROOT_ROTATE: "root_key_renewed",
    Tag.VOLUME_RING_ALTER: "ring_altered",
    Tag.VOLUME_DISK_FAIL: "disk_failed",
    Tag.RECOVERY_VOLUME_FINISH: "recovered",
    Tag.RECOVERY_INDEX_REBUILD: "visits_told_by_the_ring",
    Tag.KEY_RECORDER_TURN: "key_used",
}
_DISK = frozenset({FindingKind.DISK_CHANGED, FindingKind.DISK_ERROR, FindingKind.RING_FAILING})


def opened(evidence: Evidence) -> Answer:
    """9, as far as the recorder knows: when did it stop, start, or have another disk?"""
    events = [
        {
            "at": iso(e.wall, evidence.zone),
            "what": _MACHINE[Tag(e.tag)],
            "crashed": e.facts.get("crashed", 0),
            "entry": e.seq,
        }
        for e in evidence.tagged(*_MACHINE)
        if evidence.asked(e.wall) and e.outcome != "intent"
    ]
    disks = [
        {"at": iso(row.began, evidence.zone), "what": row.kind, "subject": row.subject}
        for row in evidence.findings
        if row.kind in _DISK and evidence.asked(row.began)
    ]
    kinds = Counter(str(each["what"]) for each in events)
    crashes = sum(int(each["crashed"]) for each in events)
    figures = {"counts": dict(sorted(kinds.items())), "crashes": crashes, "events": events, "disks": disks}
    facts = {"starts": kinds["start"], "crashes": crashes, "stops": kinds["stop"], "disks": len(disks)}
    return answer("opened", facts, figures, finding=bool(crashes or disks))


def viewed(evidence: Evidence) -> Answer:
    """10: who viewed what, for which reason, with whose approval?"""
    ended = {e.whole["intent"]: e for e in evidence.tagged(Tag.GRANT_FOOTAGE_ACCEPT) if "intent" in e.whole}
    grants = [
        _grant(evidence, e, ended.get(e.seq))
        for e in evidence.tagged(Tag.GRANT_FOOTAGE_ACCEPT)
        if e.outcome == "intent" and evidence.asked(e.wall)
    ]
    stills = [e for e in evidence.tagged(Tag.FOOTAGE_STILL_TAKE, done=True) if evidence.asked(e.wall)]
    refused = [e for e in evidence.tagged(Tag.GRANT_FOOTAGE_REFUSE) if evidence.asked(e.wall)]
    known = {e.seq for e in evidence.tagged(Tag.GRANT_FOOTAGE_ACCEPT)}
    loose = [e.seq for e in evidence.tagged(*_GIVEN) if e.facts.get("accepted") not in known]
    seconds = sum(int(each["seconds"]) for each in grants)
    facts = {
        "grants": len(grants),
        "seconds": seconds,
        "stills": len(stills),
        "refused": len(refused),
        "loose": len(loose),
    }
    return answer("viewed", facts, {**facts, "grants": grants, "loose": loose}, finding=bool(loose))


_GIVEN = (Tag.FOOTAGE_SECONDS_SERVE, Tag.FOOTAGE_EXTRACT_MAKE)


def _grant(evidence: Evidence, intent: Entry, end: Entry | None) -> dict[str, Any]:
    facts = intent.facts
    extracts = [
        e for e in evidence.tagged(Tag.FOOTAGE_EXTRACT_MAKE, done=True) if e.facts.get("accepted") == intent.seq
    ]
    return {
        "grant": facts["grant"],
        "opened": iso(intent.wall, evidence.zone),
        "camera": facts["camera"],
        "from": facts["from"],
        "to": facts["to"],
        "purpose": facts.get("purpose", ""),
        "approved_by": (intent.whole.get("actor") or {}).get("role", ""),
        "name": evidence.text(intent, "who"),
        "reason": evidence.text(intent, "note"),
        "basis": intent.whole.get("basis", ""),
        "request": intent.whole.get("case", ""),
        "seconds": len(_left(evidence, intent.seq)),
        "extracts": len(extracts),
        "outcome": "open" if end is None else end.outcome,
        "entry": intent.seq,
    }


def _left(evidence: Evidence, accepted: int) -> set[int]:
    """Seconds of which pictures left under a grant, by what was entered of each giving: also of one that broke off or
    is not over. The grant's own outcome is a sum that somebody made."""
    spans = [(e.facts["from"], e.facts["to"]) for e in _under(evidence, Tag.FOOTAGE_SECONDS_SERVE, accepted)]
    made = _under(evidence, Tag.FOOTAGE_EXTRACT_MAKE, accepted)
    spans += [(e.facts["first"], e.facts["last"]) for e in made if "first" in e.facts and "last" in e.facts]
    return {
        second
        for first, last in spans
        for second in range(from_moment(first) // SECOND, from_moment(last) // SECOND + 1)
    }


def _under(evidence: Evidence, tag: Tag, accepted: int) -> list[Entry]:
    return [e for e in evidence.tagged(tag) if e.facts.get("accepted") == accepted]


def network(evidence: Evidence) -> Answer:
    """18: is the recorder on a network, and which connections are there?"""
    from mihariban.recorder.api.serve import SOCKET  # only here: it brings a whole server along

    site = evidence.site
    listen, notify = site.recorder.door.listen, site.recorder.notify
    ways: list[dict[str, str]] = [{"what": "local_socket", "where": SOCKET}]
    if listen is not None:
        ways.append({"what": "door_mutual_tls", "where": listen})
    ways += [{"what": "camera", "where": _host(camera.source)} for camera in site.camera]
    if notify.mail_server is not None:
        ways.append({"what": "mail", "where": f"{notify.mail_server}:{notify.mail_port}"})
    if notify.webhook is not None:
        ways.append({"what": "webhook", "where": _host(str(notify.webhook))})
    outward = [way for way in ways if way["what"] in ("door_mutual_tls", "mail", "webhook")]
    said = ", ".join(f"{way['what']} {way['where']}" for way in ways)
    facts = {"ways": said, "listening": int(listen is not None)}
    return answer("network", facts, {"connections": ways, "outward": len(outward)}, finding=False)


def _host(address: str) -> str:
    """Scheme and host of an address: a login in it is nobody's business here."""
    parts = urlsplit(address)
    if not parts.netloc:
        return address if parts.scheme in ("demo", "v4l2") else "file"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def clock_right(evidence: Evidence) -> Answer:
    """24: is the clock right? Steps are seen in the ledger itself: each entry carries both clocks of its boot."""
    # The first entry was made with the site, by a machine that had not yet asked how good its clock is.
    asked = [e for e in evidence.entries if evidence.asked(e.wall) and e.tag != Tag.LEDGER_BOOK_OPEN]
    steps = [
        {"at": iso(later.wall, evidence.zone), "milliseconds": jump // 1_000_000, "entry": later.seq}
        for earlier, later in pairwise(asked)
        if abs(jump := _jump(earlier, later)) > STEP
    ]
    quality = Counter(str(e.whole["clock"]) for e in asked)
    changes = sum(one.whole["clock"] != two.whole["clock"] for one, two in pairwise(asked))
    cameras = [
        {"camera": row.subject, "at": iso(row.began, evidence.zone), **row.figures}
        for row in evidence.findings
        if row.kind == FindingKind.CAMERA_CLOCK_WRONG and evidence.asked(row.began)
    ]
    figures = {"steps": steps, "quality": dict(sorted(quality.items())), "changes": changes, "cameras": cameras}
    facts = {"steps": len(steps), "changes": changes, "unknown": quality["unknown"], "cameras": len(cameras)}
    return answer("clock", facts, figures, finding=bool(steps or cameras or quality["unknown"]))


def _jump(earlier: Entry, later: Entry) -> int:
    """How far (ns) the wall clock went beside the monotonic one from an entry to the next of the same boot."""
    if earlier.whole["boot"] != later.whole["boot"]:
        return 0
    return (later.wall - earlier.wall) - 1000 * (int(later.whole["mono"]) - int(earlier.whole["mono"]))


def agrees(evidence: Evidence) -> Answer:
    """25: do the figures agree with the ledger, and does the ledger hold?"""
    book = _by_day(evidence)
    differ: list[dict[str, object]] = []
    listed = 0
    for entry in evidence.tagged(Tag.VISIT_DAY_LIST):
        key = (str(entry.facts["camera"]), str(entry.facts["date"]))
        if not evidence.first <= date.fromisoformat(key[1]) <= evidence.last:
            continue
        listed += int(entry.facts["count"])
        said, found = (entry.facts["count"], entry.facts.get("seconds", 0)), book.get(key, (0, 0))
        if said != found:
            differ.append({"camera": key[0], "date": key[1], "ledger": list(said), "book": list(found)})
    pairs = {name: pair for name, pair in _pairs(evidence).items() if pair[0] != pair[1]}
    verified, why = _verified(evidence)
    size = 0 if verified is None else verified.checkpoint.size
    cosigned = 0 if verified is None else max((size_ for size_, _ in verified.cosigned.values()), default=0)
    figures = {"days_that_differ": differ, "sums_that_differ": pairs, "ledger_error": why}
    facts = {
        "listed": listed,
        "days": len(differ),
        "sums": len(pairs),
        "faults": int(verified is None),
        "size": size,
        "cosigned": cosigned,
    }
    return answer("agrees", facts, {**facts, **figures}, finding=bool(differ or pairs or verified is None))


def _by_day(evidence: Evidence) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Visits and seconds by camera and local date, of those that shrank too."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    rows = [
        (row.camera, to_datetime(row.started, evidence.zone).date().isoformat(), row.recorded_from, row.recorded_to)
        for row in evidence.visits
    ]
    told = [(camera, day, ((to or since) - since) // SECOND) for camera, day, since, to in rows]
    told += [(each.camera, each.date, each.seconds) for each in evidence.past]
    for camera, day, seconds in told:
        count, sum_ = found.get((camera, day), (0, 0))
        found[camera, day] = (count + 1, sum_ + seconds)
    return found


def _pairs(evidence: Evidence) -> dict[str, tuple[int, int]]:
    """What the ledger counts against what the book holds, over the whole life."""
    placed = {e.facts["hold"] for e in evidence.tagged(Tag.HOLD_FOOTAGE_PLACE, done=True)}
    released = {e.facts["hold"] for e in evidence.tagged(Tag.HOLD_FOOTAGE_RELEASE, done=True)}
    begun = {e.facts.get("gap") for e in evidence.tagged(Tag.GAP_RECORDING_BEGIN)}
    shrunk = sum(int(e.facts["count"]) for e in evidence.tagged(Tag.VISIT_RECORD_SHRINK))
    return {
        "holds_kept": (len(placed - released), sum(row.released is None for row in evidence.holds)),
        "gaps": (len(begun), len(evidence.gaps)),
        "starts": (len(evidence.tagged(Tag.BOOT_PROCESS_START)), len(evidence.lives)),
        "shrunk_visits": (shrunk, len(evidence.past)),
    }


def _verified(evidence: Evidence) -> tuple[Verified | None, str]:
    try:
        return verify(evidence.folder.ledger), ""
    except MiharibanError as error:
        return None, error.code
