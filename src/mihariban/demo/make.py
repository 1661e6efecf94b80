"""The whole way on sample data: a site from nothing, the drawn scene recorded, looked at under grants, and checked."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND, Clock, SystemClock, TurnedClock, to_datetime
from mihariban.demo.covered import cover_the_lens
from mihariban.demo.office import DAYS_BEFORE, Account, begin_office, fill_registers
from mihariban.demo.played import Played, play, sheet_of
from mihariban.demo.served import check_office, serve_office
from mihariban.ledger.verify import verify
from mihariban.office.book import OfficeBook
from mihariban.office.exchange import deliver, exchange
from mihariban.office.signer import Decided, Office
from mihariban.office.trust import trust
from mihariban.policy import Site
from mihariban.recorder.api.serve import SOCKET
from mihariban.recorder.api.tls import lay_certificates
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.errors import DemoFolderTaken
from mihariban.recorder.look import Look, site_visits
from mihariban.recorder.new_site import describe_site
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_clock import keep_clock, new_site_clock
from mihariban.recorder.site_folder import Progress, SiteFolder, create_site
from mihariban.recorder.site_service import open_door
from mihariban.recorder.sources.demo import DemoSource
from mihariban.volume import Volume, check_volume

SIZE = "128MiB"
OFFICE = "demo.example/office"
DECIDED = Decided("manager", "見本 太郎", "見本の閲覧", "第11条", "見本第1号")
_MARK = "THIS-IS-A-DEMO"
_SLACK_S = 2.0

Say = Callable[[str], None]


@dataclass(slots=True)
class DemoResult:
    """What the demo made. ``problems``: what a check found wrong, in English; empty when all is well."""

    folder: SiteFolder
    starts_at: int
    ended_at: int
    look: Look
    sheet: Path
    said: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)


def make_demo(
    path: Path,
    policy: Path,
    *,
    clock: Clock | None = None,
    progress: Progress | None = None,
    say: Say = lambda _: None,
    sign: bool = False,
) -> DemoResult:
    """Make the demo site anew, record the drawn scene into it, look at it under grants, and check what came of it.

    Args:
        say: told in a sentence what was done.
        sign: do the day's morning check too; else it is left to whoever looks at the office.

    Raises:
        DemoFolderTaken: something else is in the folder.
    """
    real = clock or SystemClock()
    _clear(path)
    site = _with_second_kiosk(
        describe_site(site_id="demo", policy_file=policy, source="demo:live", size=SIZE, kbit_s=800)
    )
    starts_at = new_site_clock(site, policy, real).wall()
    made_at = TurnedClock(starts_at)  # that morning: a recorder of six weeks would miss six weeks of cosignatures
    folder = create_site(path, policy_file=policy, site=site, clock=made_at, progress=progress, allow_cow=True)
    (path / _MARK).write_text("Made by mihariban demo; the next demo takes it away.\n", encoding="utf-8")
    clock_ = TurnedClock(starts_at - DAYS_BEFORE * DAY, str(uuid.uuid4()))
    return _Story(folder, site, clock_, say, sign=sign).run(starts_at)


def _with_second_kiosk(site: Site) -> Site:
    """Beside the kiosk whose day is recorded one more, watched once the demo stays up."""
    first = site.camera[0].model_copy(update={"kiosk": "demo-k1"})
    second = first.model_copy(update={"id": "cam2", "kiosk": "demo-k2", "source": "demo:second"})
    return site.model_copy(update={"camera": (first, second)})


def demo_office(path: Path, site: Site, clock: Clock) -> tuple[OfficeBook, Office]:
    """The office of the demo: made where it is not there yet."""
    folder = path / "office"
    fresh = not folder.exists()
    book = OfficeBook.create(folder, name=OFFICE, clock=clock) if fresh else OfficeBook(folder, clock=clock)
    if fresh:  # as init does; on the machine's clock, for browsers look at it
        wall = SystemClock().wall()
        lay_certificates(path / "recorder" / "tls", folder / "tls", name=site.site.id, wall=wall, hosts=["localhost"])
    party = trust(path / "recorder", folder, site=site.site.id, recorder=site.recorder.id)
    return book, Office(book, party)


class _Story:
    def __init__(self, folder: SiteFolder, site: Site, clock: TurnedClock, say: Say, *, sign: bool) -> None:
        self._folder, self._site, self._clock, self._say, self._sign = folder, site, clock, say, sign
        self._problems: list[str] = []
        self._said: list[str] = []
        self._accounts: list[Account] = []

    def run(self, starts_at: int) -> DemoResult:
        book, office = demo_office(self._folder.path, self._site, self._clock)
        sheet = self._folder.path / "contact-sheet.png"
        self._accounts = begin_office(self._site, self._folder.recorder / SOCKET, self._clock, starts_at)
        with book, Recorder(self._folder, clock=self._clock) as recorder, open_door(recorder) as served:
            self._record(recorder, starts_at)
            with RecorderClient(served.socket) as client:
                exchange(office, client)
                self._look_at(recorder, office, client, starts_at, sheet)
                self._cover(recorder, client)
                self._open_office()
                exchange(office, client)
            book.publish([office.party.keys.cosign])
        keep_clock(self._folder.path, self._clock)
        look = site_visits(self._folder.path, self._clock)
        self._problems += [*compare(look, starts_at), *check_ring(self._folder)]
        self._verify()
        return DemoResult(
            self._folder, starts_at, self._clock.wall(), look, sheet, self._said, self._problems, self._accounts
        )

    def _tell(self, sentence: str) -> None:
        self._said.append(sentence)
        self._say(sentence)

    def _record(self, recorder: Recorder, starts_at: int) -> None:
        channel = recorder.channel(recorder.site.camera[0])
        recorder.record_to_the_end(DemoSource(starts_at=starts_at), channel, threading.Event())
        recorder.tick()
        self._tell(f"recorded the drawn scene: {len(recorder.control.visits())} visits")

    def _look_at(self, recorder: Recorder, office: Office, client: RecorderClient, starts_at: int, sheet: Path) -> None:
        minute = self._played(office, client, starts_at + 45 * SECOND, starts_at + 45 * SECOND + MINUTE)
        self._tell(f"played a granted minute: {minute.frames} pictures, {minute.seconds:.0f} s of footage")
        if not minute.frames or minute.outside:
            self._problems.append(f"the granted minute shows {minute.outside} pictures outside of what was granted")
        whole = self._played(office, client, starts_at, self._clock.wall())
        visits = [(visit.started + (visit.ended or visit.started)) // 2 for visit in recorder.control.visits()]
        sheet.write_bytes(sheet_of(whole, visits, recorder.site.zone))
        self._hold(office, client, starts_at)

    def _played(self, office: Office, client: RecorderClient, start: int, end: int) -> Played:
        until = self._clock.wall() + HOUR
        grant = office.issue_grant(DECIDED, camera="cam1", start=start, end=end, until=until)
        session = deliver(office, grant, client.open_grant)
        played = play(client, session, start, end)
        client.close_grant(session)
        return played

    def _hold(self, office: Office, client: RecorderClient, starts_at: int) -> None:
        review = self._clock.wall() + 30 * DAY
        start, end = starts_at + 10 * SECOND, starts_at + 40 * SECOND
        order = office.order_hold(DECIDED, camera="cam1", start=start, end=end, review=review)
        held = deliver(office, order, client.place_hold)
        self._tell(f"kept {held.seconds:.0f} s beyond their deadline by decision, {held.bytes:,} bytes")

    def _cover(self, recorder: Recorder, client: RecorderClient) -> None:
        found = cover_the_lens(recorder, self._clock, client)
        if found.red_after_s is None or not found.green_again:
            self._problems.append("nobody noticed that the camera was covered")
        else:
            self._tell(f"covered the lens: health turned red after {found.red_after_s:.0f} s, and green again")

    def _open_office(self) -> None:
        """Sample data, and the morning of an operator over TLS."""
        fill_registers(to_datetime(self._clock.wall(), self._site.zone).date())
        operator = next(account for account in self._accounts if "operator" in account.roles)
        with serve_office(self._folder.path, listening=False) as served:
            problems = check_office(served, operator, sign=self._sign)
        self._problems += problems
        if not problems:
            signed = ", signed a morning check" if self._sign else ""
            self._tell(f"opened the office as {operator.username}, saw today{signed}")

    def _verify(self) -> None:
        for name in ("recorder", "office"):
            verdict = verify(self._folder.path / name / "ledger", contents=True)
            self._tell(f"verified the ledger of the {name}: {verdict.checkpoint.size} entries")
            if not verdict.cosigned:
                self._problems.append(f"nobody has cosigned the ledger of the {name}")


def _clear(path: Path) -> None:
    if (path / _MARK).exists():
        shutil.rmtree(path)
    elif path.exists() and any(path.iterdir()):
        raise DemoFolderTaken(folder=path)


def compare(look: Look, starts_at: int) -> list[str]:
    """The visits against what was drawn."""
    truth = DemoSource(starts_at=starts_at).truth()
    visits = look.visits[: len(truth)]
    problems = []
    if len(truth) != len(visits):
        problems.append(f"{len(truth)} visits were drawn, {len(visits)} were recorded")
    for drawn, state in zip(truth, visits, strict=False):
        visit = state.visit
        begin, end = starts_at + round(drawn.enter * SECOND), starts_at + round(drawn.leave * SECOND)
        covered = visit.recorded_from <= begin and (visit.recorded_to or 0) >= end
        if not covered or abs(visit.started - begin) > _SLACK_S * SECOND:
            problems.append(f"the visit drawn at {drawn.enter:.1f} s is not recorded whole")
    return problems


def check_ring(folder: SiteFolder) -> list[str]:
    """Every invariant of the ring, each chunk authenticated."""
    volume = Volume.read_only(folder.recorder)
    try:
        return [each.text("en") for each in check_volume(volume, deep=True) if each.code != "not-in-place"]
    finally:
        volume.close()
