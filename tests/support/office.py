"""A site with its office: a recorded room, a recorder on a turned clock, an office that decides, ledgers to verify.

The room is filmed once for all tests (``record_room``); each test works on its own copy of the folder.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from mihariban.base import sqlite
from mihariban.base.clock import DAY, HOUR, SECOND, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.tags import Tag
from mihariban.ledger.verify import Verdict, verify
from mihariban.office.book import OfficeBook
from mihariban.office.signer import Decided, Office
from mihariban.office.trust import trust
from mihariban.recorder.actions.open_grant import open_grant
from mihariban.recorder.actions.place_hold import place_hold
from mihariban.recorder.actions.release_hold import release_hold
from mihariban.recorder.contract.order import Order
from mihariban.recorder.contract.orders import HoldOrder, Purpose, ReleaseOrder
from mihariban.recorder.control import HoldRow, VisitRow
from mihariban.recorder.decision import Decision, verify_order
from mihariban.recorder.door import Door
from mihariban.recorder.grant import verify_grant
from mihariban.recorder.keeping.publish import publish_ledger
from mihariban.recorder.packet import Packet
from mihariban.recorder.service import Recorder
from mihariban.recorder.sessions import OpenGrant
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.sources.file import FileSource
from mihariban.volume import Chunk, ClipHeader, ClipKind, CodecConfig, Sample
from tests.support.sites import make_site, moment
from tests.support.video import room_video

O = TypeVar("O", bound=Order)  # noqa: E741  # O for order

CAMERA = "cam1"
OPENING = moment("2026-11-24 10:00:00")
"""When the recorded room was filmed: a Tuesday, open from 8:30 to 19:00."""

PLAN = [(8.0, 20.0), (30.0, 44.0)]
"""The two visitors, in seconds after OPENING."""

SECONDS = 56.0
_FILMED_BOOT = "00000000-0000-0000-0000-0000000000f1"
_SECOND_BOOT = "00000000-0000-0000-0000-000000000002"
PERIOD = 5760 * HOUR
"""How long Saga keeps a recording."""

DECIDED = Decided("manager", "見本 太郎", "照会書のため", "第8条", "市窓 7")
OTHER = Decided("manager", "見本 花子", "別の照会書のため", "第8条", "市窓 8")


def record_room(path: Path, *, policy: str = "") -> None:
    """Make a site with its office in ``path`` and film two visitors there."""
    video = room_video(path.parent / f"{path.name}.mp4", PLAN, SECONDS)
    folder = make_site(path)
    if policy:
        folder.policy.write_text(policy, encoding="utf-8")
    clock = TurnedClock(OPENING, _FILMED_BOOT)
    OfficeBook.create(path / "office", name="test.example/office", clock=clock).close()
    trust(folder.recorder, path / "office", site="test", recorder="test-r1")
    with Recorder(folder, clock=clock) as recorder:
        source = FileSource(video, starts_at=OPENING)
        recorder.record_to_the_end(source, recorder.channel(recorder.camera(None)), threading.Event())


class ShortSource:
    """The beginning of a video file."""

    def __init__(self, video: Path, starts_at: int, seconds: float) -> None:
        self._source = FileSource(video, starts_at=starts_at)
        self._until = starts_at + round(seconds * SECOND)
        self.name, self.live = self._source.name, False

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Its packets up to there."""
        return takewhile(lambda packet: packet.wall < self._until, self._source.packets(stop))


class OfficeSite:
    """A copy of a recorded site, with recorder and office open on one turned clock.

    Args:
        template: the folder that ``record_room`` made.
        path: where the copy goes.
        policy: turns the text of the rule into another one before the recorder starts.
    """

    def __init__(self, template: Path, path: Path, *, policy: Callable[[str], str] | None = None) -> None:
        shutil.copytree(template, path)
        self.folder = SiteFolder(path)
        if policy is not None:
            text = self.folder.policy.read_text(encoding="utf-8")
            self.folder.policy.write_text(policy(text), encoding="utf-8")
        self.video = template.parent / f"{template.name}.mp4"
        self.clock = TurnedClock(OPENING + 60 * SECOND, _SECOND_BOOT)
        self.book = OfficeBook(path / "office", clock=self.clock)
        party = trust(self.folder.recorder, path / "office", site="test", recorder="test-r1")
        self.office = Office(self.book, party)
        self.checkpoints: list[bytes] = []
        self.running = False
        self.recorder: Recorder
        self.start()

    # Lives of the recorder

    def start(self) -> Recorder:
        """A new life of the recorder."""
        self.recorder = Recorder(self.folder, clock=self.clock)
        self.door = Door(self.recorder)
        self.running = True
        return self.recorder

    def stop(self) -> None:
        """The recorder ends in order."""
        if self.running:
            self.running = False
            self.recorder.close()

    def crash(self) -> None:
        """The recorder's process is gone: nothing is closed, nothing said goodbye to."""
        self.running = False
        self.recorder.volume.ring.failed = True  # nothing more reaches the ring
        self.recorder.volume.close()
        self.recorder.control.close()

    def restart(self) -> Recorder:
        """An orderly end and a new life."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """The end of the test."""
        self.stop()
        self.book.close()

    def film(self, at: int, *, seconds: float = SECONDS) -> None:
        """The same two visitors come again, for so many seconds; the clock follows the pictures."""
        self.clock.turn_to(at)
        channel = self.recorder.channel(self.recorder.camera(None))
        source = ShortSource(self.video, at, seconds)
        self.recorder.record_to_the_end(source, channel, threading.Event())

    def lap(self, regions: int = 20) -> None:
        """New footage of nobody in particular takes so many regions, as weeks of visitors would."""
        volume, wall = self.recorder.volume, self.clock.wall()
        config = CodecConfig("h264", 192, 108, (1, 1000), b"", "annexb")
        for number in range(regions):
            at = wall + number * SECOND
            header = ClipHeader(at.to_bytes(16, "big"), ClipKind.VISIT, at + PERIOD, at + PERIOD)
            writer = volume.begin_clip(CAMERA, header, new_region=True)
            sample = Sample(1000, 0, 0, 0, True, False)
            writer.append(Chunk(0, at, at, self.clock.boot_id(), "unknown", config, (sample,), bytes(1000)))
            writer.close()
            volume.commit()

    # Looking

    @property
    def visits(self) -> list[VisitRow]:
        return self.recorder.control.visits()

    def entries(self, *tags: Tag) -> list[dict[str, Any]]:
        """Entries of the recorder's ledger, of these tags where such are given."""
        store = self.recorder.control.store
        found = [read_leaf(leaf) for leaf in store.leaves(0, store.size())]
        return [entry for entry in found if not tags or entry["tag"] in {str(tag) for tag in tags}]

    def outcomes(self, tag: Tag) -> list[str]:
        """The outcomes entered under a tag, in order."""
        return [entry["outcome"] for entry in self.entries(tag)]

    def verified(self) -> Verdict:
        """The recorder's ledger as an outsider verifies it: published, whole, and continuing all seen before."""
        if not self.running:
            self.start()
        publish_ledger(self.recorder, self.clock.wall())
        verdict = verify(self.folder.ledger, contents=True, old=self.checkpoints)
        self.checkpoints.append(verdict.note.encode())
        return verdict

    # Deciding

    def decided(self, kind: type[O], order: str) -> Decision[O]:
        """An order of the office as the recorder has verified it."""
        return verify_order(self.office.present(order), kind, self.door.trust())

    def grant(
        self, first: float = 10, last: float = 18, *, purpose: Purpose = "view", until: int | None = None, **more: Any
    ) -> str:
        """A grant for a span in seconds after OPENING; its id."""
        wanted: dict[str, Any] = {
            "camera": CAMERA, "start": after(first), "end": after(last), "until": until or self.clock.wall() + HOUR,
        }  # fmt: skip
        return self.office.issue_grant(DECIDED, purpose=purpose, **{**wanted, **more})

    def open_grant(self, grant: str) -> OpenGrant:
        """Present a grant."""
        trust_ = self.door.trust()
        found = verify_grant(
            self.office.present(grant), office_keys=trust_.keys, site=trust_.site, recorder=trust_.recorder,
            cameras=trust_.cameras, now=trust_.now, last_seen=trust_.last_seen,
        )  # fmt: skip
        return open_grant(self.recorder, found)

    def order_hold(self, first: float, last: float, *, review: int | None = None, decided: Decided = DECIDED) -> str:
        """A hold for a span in seconds after OPENING; its id."""
        review = review or self.clock.wall() + 30 * DAY
        return self.office.order_hold(decided, camera=CAMERA, start=after(first), end=after(last), review=review)

    def hold(self, first: float, last: float, **more: Any) -> HoldRow:
        """Order a hold and place it."""
        return place_hold(self.recorder, self.decided(HoldOrder, self.order_hold(first, last, **more)))

    def release(self, hold: str) -> HoldRow:
        """Order a release and carry it out."""
        order = self.office.release_hold(DECIDED, hold)
        return release_hold(self.recorder, self.decided(ReleaseOrder, order))

    # Trouble

    @contextmanager
    def unwritable(self) -> Iterator[None]:
        """The book cannot be written meanwhile: SQLite itself refuses each write, as on a disk mounted read-only."""
        db: sqlite.Connection = self.recorder.control._db
        db.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            if self.running:  # else it was closed meanwhile
                db.execute("PRAGMA query_only = OFF")


def after(seconds: float) -> int:
    """Seconds after OPENING as wall ns."""
    return OPENING + round(seconds * SECOND)


def without_extension(text: str) -> str:
    """Saga's rule where nothing may be kept longer."""
    return text.replace("[retention.extension]\nallowed = true", "[retention.extension]\nallowed = false")


def second_version(
    text: str, *, effective_from: str, hours: int = 5760, applies_to_existing: str = "keep", version: int = 2
) -> str:
    """Saga's rule as a later version with another period."""
    lines = (
        ("version = 1\n", f"version = {version}\n"),
        ("effective_from = 2016-01-22\napplies_to_existing = \"keep\"",
         f"effective_from = {effective_from}\napplies_to_existing = \"{applies_to_existing}\""),
        ("amount = 5760\n", f"amount = {hours}\n"),
    )  # fmt: skip
    for old, new in lines:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
