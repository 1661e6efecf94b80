"""From nothing to a signed set-up; each step can be left, and nothing typed is lost."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.people.models import Designation, Person, SetUp, User
from mihariban.office.people.roles import acting_manager, roles_of
from mihariban.office.people.setup import section
from mihariban.office.sites.models import CameraUnit, Kiosk
from mihariban.office.wizard import actions
from mihariban.office.wizard.code import FILE, set_up_code
from mihariban.office.wizard.models import StepState, Typed
from mihariban.office.wizard.steps import missing, shown

OWN = "かき氷と 長い廊下 42"
MANAGER = {
    "section": "市民生活課", "manager_post": "市民生活課長", "deputy_post": "市民生活課副課長", "name": "見本 太郎",
    "first": "2026-04-01", "document": "市窓 1", "username": "taro",
}  # fmt: skip
MEMBER = {
    "name": "見本 花子",
    "organisation": "市民生活課",
    "role": "operator",
    "first": "2026-11-23",
    "username": "hanako",
}


def _begin(office: Path, client: Client) -> None:
    posted = {"code": set_up_code(office), "name": "例 三郎", "username": "it", "password": OWN, "again": OWN}
    assert client.post("/wizard/begin/", posted, secure=True)["Location"] == "/wizard/"


def test_the_whole_way(office: Path, client: Client, site_file: Path) -> None:
    """IT begins with the code, the manager signs; both ledgers of roles agree; then the manager is done with it."""
    _begin(office, client)
    slip = client.post("/wizard/section/", MANAGER, secure=True).content.decode()
    first = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", slip)
    assert first is not None and User.objects.get(username="taro").check_password(first[0])
    slip = client.post("/wizard/people/", MEMBER, secure=True).content.decode()
    assert "hanako" in slip
    vice = {**MEMBER, "name": "例 一郎", "role": "vice", "username": "ichiro"}
    assert "ichiro" in client.post("/wizard/people/", vice, secure=True).content.decode()
    assert client.post("/wizard/equipment/", secure=True)["Location"] == "/wizard/kiosk/"
    kiosks = {f"{what}_{kiosk}": f"{what} {kiosk}" for what in ("name", "place") for kiosk in ("k1", "k2")}
    assert client.post("/wizard/kiosk/", kiosks, secure=True)["Location"] == "/wizard/zone/"
    assert list(Kiosk.objects.values_list("name", flat=True).order_by("pk")) == ["name k1", "name k2"]
    for name in ("zone", "plan"):
        client.post(f"/wizard/{name}/finish/", {"skip": "1"}, secure=True)
    assert missing() == []
    page = client.get("/wizard/summary/", secure=True)
    digest = page.context["digest"]
    signed = {"sure": "on", "digest": digest}
    assert client.post("/wizard/summary/", signed, secure=True).status_code == 403  # IT does not sign
    manager = User.objects.get(username="taro")
    User.objects.update(must_change=False)
    client.force_login(manager)
    assert client.post("/wizard/summary/", signed, secure=True).status_code == 302
    row = SetUp.objects.get()
    assert (row.sha256, row.signed_by) == (digest, manager.person)
    assert [each.state for each in shown()] == ["done", "done", "done", "skipped", "skipped", "done"]
    assert client.get("/wizard/section/", secure=True).status_code == 403
    assert client.get("/wizard/summary/", secure=True).status_code == 200
    last = read_leaf(ledger().store.leaves(ledger().store.size() - 1, ledger().store.size())[0])
    assert (last["tag"], last["object"]["sha256"]) == ("setup:summary:sign", digest)
    assert roles_of(User.objects.get(username="hanako")) == {"operator"}
    assert (section(), acting_manager().role) == ("市民生活課", "manager")


def test_a_new_office_leads_to_the_beginning_and_on(office: Path, client: Client) -> None:
    """From the bare address and from the login page, while there is no account; then today's screen goes on with it."""
    for path in ("/", "/account/login/"):
        assert client.get(path, secure=True)["Location"] == "/wizard/begin/"
    _begin(office, client)
    page = client.get("/today/", secure=True).content.decode()
    assert "初期設定を続ける" in page and 'href="/wizard/section/"' in page
    client.post("/wizard/section/", MANAGER, secure=True)
    page = client.get("/today/", secure=True).content.decode()
    assert "残り：人とアカウント、交付機" in page
    SetUp.objects.update_or_create(pk=1, defaults={"signed_at": "2026-11-23T00:00:00+09:00"})
    assert "初期設定" not in client.get("/today/", secure=True).content.decode().partition("<main")[2]
    client.logout()
    assert client.get("/account/login/", secure=True).status_code == 200


def test_nobody_begins_without_the_code(office: Path, client: Client) -> None:
    """It is the server's, for its owner alone, and gone once it was used."""
    code = set_up_code(office)
    assert stat.S_IMODE((office / FILE).stat().st_mode) == 0o600
    posted = {"code": "aaaa-aaaa-aaaa-aaaa", "name": "誰か", "username": "x1", "password": OWN, "again": OWN}
    page = client.post("/wizard/begin/", posted, secure=True)
    assert page.status_code == 422 and "setup.code" in page.content.decode() and "誰か" in page.content.decode()
    with pytest.raises(NotAllowed):
        actions.begin_set_up(office, code="あ", name="誰か", username="x1", password=OWN)
    assert not User.objects.exists() and set_up_code(office) == code
    _begin(office, client)
    assert not (office / FILE).exists()
    assert client.get("/wizard/begin/", secure=True)["Location"] == "/wizard/"
    with pytest.raises(NotAllowed):
        actions.begin_set_up(office, code=set_up_code(office), name="誰か", username="x1", password=OWN)
    (office / FILE).unlink()


def test_a_step_that_is_left_keeps_what_was_typed(office: Path, client: Client) -> None:
    """By the button, and while typing; no password is kept; gone once the step is sent."""
    _begin(office, client)
    half = {"section": "市民生活課", "name": "見本 太", "password": "x", "later": "1"}
    assert client.post("/wizard/section/", half, secure=True)["Location"] == "/wizard/"
    assert "見本 太" in client.get("/wizard/section/", secure=True).content.decode()
    assert "password" not in Typed.objects.get().values
    more = {**half, "name": "見本 太郎", "keep": "1"}
    del more["later"]
    assert client.post("/wizard/section/", more, secure=True).status_code == 204
    wrong = {**MANAGER, "first": "2026-02-30"}
    page = client.post("/wizard/section/", wrong, secure=True)
    assert page.status_code == 422 and "市民生活課副課長" in page.content.decode()
    assert "市民生活課副課長" in client.get("/wizard/section/", secure=True).content.decode()
    client.post("/wizard/section/", MANAGER, secure=True)
    assert not Typed.objects.exists()


def test_a_step_is_done_whole_or_not_at_all(office: Path, client: Client) -> None:
    """The login name is taken: neither person nor post nor entry stay, and what was typed does."""
    _begin(office, client)
    people, size = Person.objects.count(), ledger().store.size()
    page = client.post("/wizard/section/", {**MANAGER, "username": "IT"}, secure=True)
    assert page.status_code == 409 and "もう使われています" in page.content.decode()
    assert "見本 太郎" in page.content.decode()
    assert (Person.objects.count(), ledger().store.size()) == (people, size)


def test_without_a_recorder_the_steps_say_so_and_can_be_skipped(office: Path, client: Client) -> None:
    """A site by hand; no site file, no camera."""
    _begin(office, client)
    told = {"site_id": "honcho", "site_name": "本庁舎", "new_id": "k1", "new_name": "1号機", "new_place": "ロビー"}
    assert client.post("/wizard/kiosk/", told, secure=True).status_code == 302
    assert "site.toml" in client.get("/wizard/zone/", secure=True).content.decode()
    assert (
        "カメラがまだ" in client.get("/wizard/plan/", secure=True).content.decode() or not CameraUnit.objects.exists()
    )
    client.post("/wizard/zone/finish/", {"skip": "1"}, secure=True)
    assert StepState.objects.get(step="zone").skipped
    assert client.post("/wizard/people/finish/", {"skip": "1"}, secure=True).status_code == 403


def test_until_it_is_signed_it_staff_designates_and_never_after(someone: Callable[..., Acting], office: Path) -> None:
    """The signature ratifies what IT entered."""
    from datetime import date

    from mihariban.office.people.actions import designate

    staff, person = someone("it"), Person.objects.create(name="見本 花子")
    designate(person, "operator", first=date(2026, 11, 23), acting=staff)
    SetUp.objects.create(pk=1, signed_at="2026-11-23T00:00:00+09:00")
    with pytest.raises(NotAllowed):
        designate(person, "auditor", first=date(2026, 11, 23), acting=staff)
    assert Designation.objects.filter(person=person).count() == 1


ROLES = ("manager", "deputy", "operator", "vendor", "auditor", "it")


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_role_by_state(someone: Callable[..., Acting], role: str, signed: bool) -> None:
    """Who may do a step, see it, and sign."""
    from mihariban.office.wizard.policy import WIZARD

    acting = someone(role) if role != "deputy" else Acting("例 一郎", frozenset(("deputy",)), someone().day)
    if signed:
        SetUp.objects.create(pk=1, signed_at="2026-11-23T00:00:00+09:00")
    assert bool(WIZARD.may_do(acting)) == (role == "it" or (role in ("manager", "deputy") and not signed))
    assert bool(WIZARD.may_see(acting)) == (role in ("manager", "deputy", "it", "auditor"))
    assert bool(WIZARD.may_sign(acting, [])) == (role in ("manager", "deputy"))
    assert not WIZARD.may_sign(acting, missing())
