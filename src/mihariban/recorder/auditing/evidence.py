"""What the answers rest on: the site's book, its ring, its rule and its ledger, read once and changed by nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from mihariban.base import sqlite
from mihariban.base.clock import Clock, to_datetime
from mihariban.ledger.entry import from_moment, read_leaf
from mihariban.ledger.tags import Tag
from mihariban.policy import Site
from mihariban.recorder.auditing.sentences import QUESTIONS, SENTENCES
from mihariban.recorder.control import (
    Control,
    ErasureRow,
    FindingRow,
    HoldRow,
    LifeRow,
    PastVisit,
    Span,
    VisitRow,
)
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_hours import SiteHours, calendar_entries
from mihariban.volume import ChunkDamaged, ClipInfo, ClipKind, ClipRefused, ClipUnknown, Volume
from mihariban.volume.holding import holds as ring_holds
from mihariban.volume.manifest import KeptHold

Verdict = Literal["fine", "finding"]
_FOOTAGE = (ClipKind.VISIT, ClipKind.COPY)
"""Empty scenes and papers of holds number their streams for themselves."""
MOST_READ = 200
"""So many clips are opened to see how their streams are coded; of all others the book of the ring is asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered.

    Attributes:
        question: its number in the auditors' list (docs/design/audit.md). topic: a stable word for it.
        verdict: ``finding`` where something needs a person.
        ja, en: the answer as a sentence. figures: what it rests on; instants are ISO 8601 in the site's zone.
    """

    question: int
    topic: str
    verdict: Verdict
    ja: str
    en: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "question": self.question,
            "topic": self.topic,
            "verdict": self.verdict,
            "ja": self.ja,
            "en": self.en,
            "figures": dict(self.figures),
        }


def answer(topic: str, facts: Mapping[str, object], figures: Mapping[str, Any], *, finding: bool) -> Answer:
    """The answer to a topic's question.

    Args:
        facts: for its sentences. figures: what it rests on. finding: it needs a person.
    """
    ja, en = (sentence.format_map(facts) for sentence in SENTENCES[topic])
    return Answer(QUESTIONS[topic], topic, "finding" if finding else "fine", ja, en, figures)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the recorder's ledger; ``wall`` in ns, ``mono`` in µs of its boot."""

    seq: int
    tag: str
    wall: int
    facts: Mapping[str, Any]
    whole: Mapping[str, Any]

    @property
    def outcome(self) -> str:
        return str(self.whole["outcome"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is asked. Instants are wall ns.

    Attributes:
        now: the site's clock. first, last: the local dates that are asked about, both included.
        tables: columns of the book's tables. texts: what is still kept of committed names and reasons, by hash.
        streams: how many clips hold a stream of that number. codecs: how many of the clips that were opened hold one.
    """

    folder: SiteFolder
    site: Site
    hours: SiteHours
    now: int
    first: date
    last: date
    visits: list[VisitRow]
    past: list[PastVisit]
    gaps: list[Span]
    closed: list[Span]
    lives: list[LifeRow]
    holds: list[HoldRow]
    erasures: list[ErasureRow]
    findings: list[FindingRow]
    entries: list[Entry]
    texts: Mapping[str, str]
    tables: Mapping[str, tuple[str, ...]]
    clips: list[ClipInfo]
    kept: list[KeptHold]
    streams: Mapping[int, int]
    codecs: Mapping[str, int]

    @property
    def zone(self) -> ZoneInfo:
        return self.site.zone

    def days(self) -> Iterator[date]:
        """The dates that are asked about."""
        for ahead in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=ahead)

    def asked(self, wall: int) -> bool:
        """Whether an instant lies in the dates that are asked about."""
        return self.first <= to_datetime(wall, self.zone).date() <= self.last

    def tagged(self, *tags: Tag, done: bool = False) -> list[Entry]:
        """Entries of these tags; with ``done`` those that say how something ended."""
        return [entry for entry in self.entries if entry.tag in tags and not (done and entry.outcome != "done")]

    def text(self, entry: Entry, part: Literal["who", "note"]) -> str:
        """Name or reason behind an entry's commitment; empty where it was erased or there is none."""
        whole = entry.whole
        hash_ = whole.get("note") if part == "note" else _who(entry)
        return self.texts.get(str(hash_), "")


def gather(folder: SiteFolder, clock: Clock, first: date | None, last: date | None) -> Evidence:
    """Read everything, beside a running recorder too.

    Args:
        first, last: local dates; without them the recorder's first day, and today on the site's clock.

    Raises:
        NotASite: no site there. StorageError: book or ring cannot be read.
    """
    folder.require()
    site = folder.load_site()
    control = Control(folder.control, readonly=True)
    try:
        control.belongs_to(site.site.id, site.recorder.id)
        lives = control.lives()
        now = max([clock.wall(), *(life.last_seen for life in lives)])
        begin = to_datetime(lives[0].started if lives else now, site.zone).date()
        entries = [_entry(leaf) for leaf in control.store.leaves(0, control.store.size())]
        clips, kept, streams, codecs = _ring(folder, clock)
        return Evidence(
            folder, site,
            SiteHours(folder.load_book(), calendar_entries(control.calendar()), site.zone, site.site.policy_site),
            now, first or begin, last or to_datetime(now, site.zone).date(),
            control.visits(), control.past_visits(), control.gaps(), control.closed_periods(), lives, control.holds(),
            control.erasures(), control.findings(), entries, _texts(control, entries), _tables(folder),
            clips, kept, streams, codecs,
        )  # fmt: skip
    finally:
        control.close()


def _entry(leaf: bytes) -> Entry:
    whole = read_leaf(leaf)
    return Entry(int(whole["_seq"]), str(whole["tag"]), from_moment(whole["t"]), whole.get("object", {}), whole)


def _texts(control: Control, entries: list[Entry]) -> dict[str, str]:
    """Names and reasons behind the entries, as far as they were not erased."""
    hashes = {str(part) for entry in entries for part in (entry.whole.get("note"), _who(entry)) if part}
    kept = {hash_: control.store.text(bytes.fromhex(hash_)) for hash_ in hashes}
    return {hash_: made.text for hash_, made in kept.items() if made is not None}


def _who(entry: Entry) -> object:
    return (entry.whole.get("actor") or {}).get("who")


def _tables(folder: SiteFolder) -> dict[str, tuple[str, ...]]:
    db = sqlite.connect(folder.control, synchronous="FULL", readonly=True)
    try:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: tuple(row[1] for row in db.execute(f"PRAGMA table_info({name})")) for name in names}
    finally:
        db.close()


def _ring(folder: SiteFolder, clock: Clock) -> tuple[list[ClipInfo], list[KeptHold], Counter[int], Counter[str]]:
    volume = Volume.read_only(folder.recorder, clock=clock)
    try:
        clips = volume.clips()
        streams: Counter[int] = Counter()
        codecs: Counter[str] = Counter()
        every = max(1, len(clips) // MOST_READ)
        for number, clip in enumerate(clips):
            if clip.kind not in _FOOTAGE:
                continue
            try:
                streams.update({chunk.stream for chunk in volume.chunks(clip.clip)})
                if number % every == 0:
                    codecs.update(_codecs(volume, clip))
            except (ClipRefused, ClipUnknown):
                continue  # it expired or went while it was looked at
        return clips, ring_holds(volume), streams, codecs
    finally:
        volume.close()


def _codecs(volume: Volume, clip: ClipInfo) -> set[str]:
    """How the streams of a clip are coded; only what carries a configuration is opened, and nothing is decoded."""
    wanted = [chunk for chunk in volume.chunks(clip.clip) if chunk.config]
    damaged: list[ChunkDamaged] = []
    return {chunk.config.codec for chunk in volume.read(clip.clip, damaged, wanted) if chunk.config is not None}
