"""Signs: who may what, what they show, that nothing typed is markup; the register of where they hang."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from mihariban.base.clock import DAY, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.rule import policy_on
from mihariban.office.notices import typeset
from mihariban.office.notices.actions.change_contact import change_contact
from mihariban.office.notices.actions.check_sign import check_sign
from mihariban.office.notices.actions.hang_sign import hang_sign
from mihariban.office.notices.actions.remove_sign import remove_sign
from mihariban.office.notices.contact import contact
from mihariban.office.notices.errors import FontMissing
from mihariban.office.notices.facts import required, rows
from mihariban.office.notices.models import Sign
from mihariban.office.notices.policy import NOTICES
from mihariban.office.notices.today import tasks
from mihariban.office.sites.models import CameraUnit, RecorderUnit, Site

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"
Someone = Callable[..., Acting]
ROLES = ("manager", "deputy", "operator", "vendor", "auditor", "it")
HARD = "長" * 150 + "葛\U000e0100👨‍👩‍👧<script>alert(1)</script>#panic() $x$ \\ * _"


@pytest.fixture(autouse=True)
def saga(office: Path) -> Iterator[None]:
    """The rule in DIR/policy.toml."""
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield
    path.unlink()


def _as(role: str) -> Acting:
    from mihariban.office.base.dates import today

    return Acting("見本 太郎", frozenset([role]), today())  # type: ignore[list-item]  # a role of the list


def _sign(**more: object) -> Sign:
    return hang_sign(
        acting=_as("manager"), **{"size": "sticker", "place": "カメラ本体", "since": date(2026, 10, 1), **more}
    )  # type: ignore[arg-type]  # as the action takes it


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("hangs", [True, False])
def test_who_may_what(office: Path, role: str, hangs: bool) -> None:
    """Role by state; the action says what the policy says."""
    sign = _sign()
    if not hangs:
        remove_sign(sign, acting=_as("manager"), reason="x", stamp=sign.stamp)
    acting = _as(role)
    staff, boss = role in ("manager", "deputy", "operator"), role in ("manager", "deputy")
    assert bool(NOTICES.may_see(acting)) == (role != "vendor")
    assert bool(NOTICES.may_hang(acting)) == staff
    assert bool(NOTICES.may_check(acting, sign)) == (staff and hangs)
    assert bool(NOTICES.may_remove(acting, sign)) == (boss and hangs)
    assert bool(NOTICES.may_change_contact(acting)) == boss
    if not (staff and hangs):
        with pytest.raises(NotAllowed):
            check_sign(sign, acting=acting, state="good", note="", stamp=sign.stamp)


def test_a_sign_is_hung_looked_at_and_taken_down_with_entries(office: Path) -> None:
    """Places and notes stand in the entries as commitments only."""
    sign = _sign(place="入口の右")
    check_sign(sign, acting=_as("operator"), state="worn", note="端がはがれた", stamp=sign.stamp)
    remove_sign(sign, acting=_as("manager"), reason="貼りかえ", stamp=sign.stamp)
    store = ledger().store
    entries = [read_leaf(leaf) for leaf in store.leaves(store.size() - 3, store.size())]
    assert [each["tag"] for each in entries] == ["notice:sign:hang", "notice:sign:check", "notice:sign:remove"]
    assert not any(word in str(entries) for word in ("入口", "はがれ", "貼りかえ", "見本"))
    assert (sign.state, sign.checks.get().by, str(sign.removed)) == ("worn", "見本 太郎", "2026-11-23")


def test_two_clerks_at_one_sign(office: Path) -> None:
    """The second is told."""
    sign = _sign()
    stale = sign.stamp
    check_sign(sign, acting=_as("operator"), state="good", note="", stamp=stale)
    with pytest.raises(ChangedMeanwhile):
        check_sign(sign, acting=_as("operator"), state="gone", note="", stamp=stale)
    assert Sign.objects.get().state == "good"


def test_a_sign_says_what_the_rule_asks_and_never_a_name(office: Path) -> None:
    """And that sound is recorded, wherever it is."""
    policy = policy_on(date(2026, 11, 23)).policy
    assert required(policy) == set()
    named = policy.model_copy(
        update={"notice": policy.notice.model_copy(update={"fields": ("text", "manager_name", "contact")})}
    )
    assert required(named) == {"manager_title", "contact"}
    loud = policy.model_copy(update={"capture": policy.capture.model_copy(update={"audio": "included"})})
    assert required(loud) == {"audio"}
    told = {row.name: row for row in rows(policy, contact())}
    assert told["manager_title"].ja == "市民生活課長"
    assert "5,760" in told["retention"].ja and "5,760" in told["retention"].en
    assert told["contact"].ja == "市民生活課"
    assert told["purpose"].untranslated


@pytest.mark.parametrize("size", ["a4", "a5", "sticker"])
@pytest.mark.parametrize("languages", [["ja", "en"], ["ja"], ["en"]])
def test_a_sign_is_one_page_whatever_was_typed(office: Path, size: str, languages: list[str]) -> None:
    """The words shrink; nothing of them is markup."""
    told = [{"label": "問い合わせ先", "ja": HARD, "en": HARD if n % 2 else ""} for n in range(6)]
    facts = {
        "size": size,
        "languages": languages,
        "headline": {"ja": "防犯カメラ作動中", "en": HARD},
        "sound": "録音あり",
        "rows": told,
    }
    made = typeset.typeset(facts, "pdf")
    assert made.startswith(b"%PDF-") and made == typeset.typeset(facts, "pdf")
    assert typeset.typeset(facts, "svg").startswith(b"<svg")
    assert b"<script" not in typeset.typeset(facts, "svg")


def test_without_a_japanese_font_it_says_what_to_install(
    office: Path, monkeypatch: pytest.MonkeyPatch, client: Client, someone: Someone
) -> None:
    """On the page, in both languages; and a font in DIR/office/fonts is found."""
    import typst

    monkeypatch.setattr(typeset, "_fonts", lambda folder: typst.Fonts(include_system_fonts=False))
    with pytest.raises(FontMissing) as missing:
        typeset.family()
    assert "fonts-noto-cjk" in missing.value.text("ja") and str(settings.OFFICE_FOLDER) in missing.value.text("en")
    client.force_login(someone("operator").user)
    page = client.get("/notices/make/", secure=True).content.decode()
    assert "fonts-noto-cjk" in page


def test_the_pages_of_a_sign(office: Path, someone: Someone, client: Client) -> None:
    """Made, hung, looked at; a vendor is refused."""
    client.force_login(someone("operator").user)
    page = client.get("/notices/make/", {"size": "a5", "field": ["contact"]}, secure=True).content.decode()
    assert "/notices/sign.svg?size=a5&amp;languages=both&amp;field=contact" in page
    pdf = client.get("/notices/sign.pdf", {"size": "a5", "field": ["contact"]}, secure=True)
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    svg = client.get("/notices/sign.svg", secure=True)
    assert "sandbox" in svg["Content-Security-Policy"]
    sent = {"size": "sticker", "place": HARD[:200], "since": "2026-11-20", "photo": "", "camera": ""}
    done = client.post("/notices/hang/", sent, secure=True, follow=True)
    assert "&lt;script&gt;" in done.content.decode() and "<script>alert" not in done.content.decode()
    sign = Sign.objects.get()
    client.post(f"/notices/signs/{sign.pk}/", {"state": "good", "note": "", "stamp_": sign.stamp}, secure=True)
    assert Sign.objects.get().checked_at == now()
    client.force_login(someone("vendor").user)
    assert client.get("/notices/", secure=True).status_code == 403
    assert client.get("/notices/sign.pdf", secure=True).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [("place", "x" * 1_000_000), ("since", "2027-01-01"), ("since", "2026-02-30"), ("size", "a0"), ("place", "")],
)
def test_what_cannot_be_is_told_beside_the_field(
    office: Path, someone: Someone, client: Client, field: str, value: str
) -> None:
    """Nothing typed is lost, nothing is entered."""
    client.force_login(someone("operator").user)
    sent = {
        "size": "sticker",
        "place": "入口の右",
        "since": "2026-11-20",
        "photo": "写真の場所",
        "camera": "",
        field: value,
    }
    page = client.post("/notices/hang/", sent, secure=True)
    text = page.content.decode()
    assert "m-field__error" in text and "写真の場所" in text
    assert not Sign.objects.exists()


def test_the_contact_is_changed_by_one_after_the_other(office: Path) -> None:
    """What the rule names stands until somebody enters another."""
    assert (contact().section, contact().pk) == ("市民生活課", None)
    change_contact({"section": "市民課", "phone": "000-0000-0000"}, acting=_as("manager"), stamp=0)
    stamp = contact().stamp
    change_contact({"section": "市民窓口課"}, acting=_as("deputy"), stamp=stamp)
    with pytest.raises(ChangedMeanwhile):
        change_contact({"section": "x"}, acting=_as("manager"), stamp=stamp)
    assert (contact().section, contact().phone) == ("市民窓口課", "")


def test_the_day_asks_for_signs(office: Path, office_clock: TurnedClock) -> None:
    """A camera without one, one that is worn, one that nobody looked at for a year."""
    site = Site.objects.create(id="s")
    recorder = RecorderUnit.objects.create(id="r", site=site)
    camera = CameraUnit.objects.create(camera="cam1", recorder=recorder)
    manager = _as("manager")
    assert [task.state for task in tasks(manager, now())] == ["due"]
    assert list(tasks(_as("auditor"), now())) == []
    sign = _sign(camera=camera)
    assert list(tasks(manager, now())) == []
    check_sign(sign, acting=manager, state="gone", note="", stamp=sign.stamp)
    assert [task.state for task in tasks(manager, now())] == ["due", "late"]
    check_sign(sign, acting=manager, state="good", note="", stamp=sign.stamp)
    office_clock.turn(366 * DAY)
    assert [task.state for task in tasks(manager, now())] == ["due"]
