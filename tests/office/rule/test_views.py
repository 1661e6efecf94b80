"""Pages of the rule: read, propose, decide, ask for a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now as clock_now
from mihariban.office.rule.actions.adopt_rule import adopt_rule
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.models import RuleVersion
from mihariban.office.sites.models import RecorderUnit, SeenFinding, Site
from mihariban.recorder.health.kinds import FindingKind
from tests.office.rule.texts import FIRST, second

Someone = Callable[..., Acting]


def _in(client: Client, acting: Acting) -> Client:
    assert acting.user is not None
    client.force_login(acting.user)
    return client


def _get(client: Client, path: str, status: int = 200) -> str:
    page = client.get(path, secure=True)
    assert page.status_code == status, page.content.decode()
    return str(page.content.decode())


def _post(client: Client, path: str, told: dict[str, Any], status: int) -> str:
    page = client.post(path, told, secure=True)
    assert page.status_code == status, page.content.decode()[:4000]
    return str(page.content.decode())


def test_the_rule_is_read_in_sentences(someone: Someone, client: Client) -> None:
    """In both languages, before any version is registered and after."""
    _in(client, someone("auditor"))
    page = _get(client, "/rule/")
    assert 'href="#part-2"' in page and 'id="part-2"' in page and 'href="#articles"' in page
    assert "保存期間" in _get(client, "/rule/") and "改正を申し出る" not in _get(client, "/rule/")
    assert "設置のときの要綱だけ" in _get(client, "/rule/versions/")
    adopt_rule(acting=someone("manager"))
    page = _get(client, "/rule/versions/")
    assert "第1版" in page and "施行中" in page
    client.cookies["mihariban_language"] = "en"
    assert "Kept for" in _get(client, "/rule/")


def test_a_recorder_that_goes_by_an_old_zone_is_named(
    someone: Someone, client: Client, office_clock: TurnedClock
) -> None:
    """The hours of the rule are read in its zone; until its restart that is another one than its file says."""
    _in(client, someone("manager"))
    assert "まだ効力がありません" not in _get(client, "/rule/")
    unit = RecorderUnit.objects.create(id="r-east", site=Site.objects.create(id="s-east"))
    finding = SeenFinding.objects.create(
        recorder=unit, code=FindingKind.SITE_CHANGED.value, since=clock_now(), ja="変更", en="A change in site.toml"
    )
    page = _get(client, "/rule/")
    assert "録画装置 r-east: まだ効力がありません。起動し直してください。" in page
    client.cookies["mihariban_language"] = "en"
    assert "Recorder r-east: not in force yet, restart it. A change in site.toml" in _get(client, "/rule/")
    finding.until = clock_now()
    finding.save()
    assert "r-east" not in _get(client, "/rule/")


def test_a_proposal_is_checked_proposed_and_approved(
    someone: Someone, client: Client, office_clock: TurnedClock
) -> None:
    """From the copy in the form to the day it takes force."""
    _in(client, someone("operator"))
    assert "version = 1\n" in _get(client, "/rule/propose/text/")
    page = _post(client, "/rule/propose/text/", {"text": second(), "do": "check"}, 200)
    assert "1,440時間" in page and "第1版から第2版へ" in page and "レコーダーはまだ登録されていません" in page
    assert not RuleVersion.objects.exists()
    answer = client.post("/rule/propose/text/", {"text": second(), "why": "短くする", "do": "enter"}, secure=True)
    where = answer["Location"]
    assert "決定すると取り消せません" not in _get(client, where) and "取り下げる" in _get(client, where)
    _in(client, someone("manager", name="見本 花子"))
    assert "1,440時間" in _get(client, where)
    told = {"approve-stamp": "1", "approve-approver": "市長", "approve-document_number": "", "do": "approve"}
    _post(client, where, told, 422)
    _post(client, where, {**told, "approve-document_number": "市窓 9"}, 302)
    assert "施行前" in _get(client, where) and "2026-12-01" in _get(client, "/rule/")
    assert "version = 2" in _get(client, f"{where}policy.toml")
    office_clock.turn(9 * DAY)
    _in(client, someone("manager"))
    assert "第2版" in _get(client, "/rule/") and "旧版" in _get(client, "/rule/versions/")


def test_a_file_takes_the_place_of_the_text(someone: Someone, client: Client) -> None:
    """What cannot be read leaves what was typed."""
    _in(client, someone("manager"))
    file = SimpleUploadedFile("new.toml", second().encode("utf-8-sig"))
    page = _post(client, "/rule/propose/text/", {"text": "typed = 1", "file": file, "do": "check"}, 200)
    assert "1,440時間" in page and "version = 2" in page
    for content in (second().encode("cp932", "replace"), b"\xff\xfe\x00"):
        page = _post(
            client,
            "/rule/propose/text/",
            {"text": "typed = 1", "file": SimpleUploadedFile("a.toml", content), "do": "check"},
            422,
        )
        assert "UTF-8" in page and "typed = 1" in page
    page = _post(
        client,
        "/rule/propose/text/",
        {"text": "typed = 1", "file": SimpleUploadedFile("a.toml", b"#" * 400_000), "do": "check"},
        422,
    )
    assert "300000" in page


def test_mistakes_are_told_with_their_lines_in_both_languages(someone: Someone, client: Client) -> None:
    """And the text stays."""
    _in(client, someone("manager"))
    text = second().replace("amount = 1440", 'amount = "長い<script>"')
    page = _post(client, "/rule/propose/text/", {"text": text, "do": "enter"}, 422)
    line = text[: text.index("amount = ")].count("\n") + 1
    assert f"{line} 行目" in page and "整数" in page and "a whole number" in page
    assert "長い&lt;script&gt;" in page and "<script>&quot;" not in page
    page = _post(client, "/rule/propose/text/", {"text": FIRST, "do": "check"}, 422)
    assert "第 1 版が" in page
    page = _post(client, "/rule/propose/text/", {"text": second("2026-11-22"), "do": "check"}, 422)
    assert "今日からの日" in page
    assert not RuleVersion.objects.exists()


@pytest.mark.parametrize("text", ["", " ", "あ" * 1_000_000, "version = \x00"])
def test_a_million_characters_or_none_are_refused_beside_the_field(someone: Someone, client: Client, text: str) -> None:
    """Nothing typed is lost."""
    _in(client, someone("manager"))
    page = _post(client, "/rule/propose/text/", {"text": text, "why": "葛\U000e0101 🍣", "do": "check"}, 422)
    assert 'aria-invalid="true"' in page or 'role="alert"' in page
    assert "葛\U000e0101 🍣" in page and (len(text) < 10 or text in page)


def test_which_rule_applied_on_a_day(someone: Someone, client: Client) -> None:
    """With the deadline of footage of that day; before the rule there was none."""
    manager = someone("manager")
    row = propose_version(second(applies_to_existing="shorten"), acting=manager)
    _in(client, manager)
    told = {
        "approve-stamp": str(row.stamp),
        "approve-approver": "市長",
        "approve-document_number": "市窓 9",
        "do": "approve",
    }
    _post(client, f"/rule/versions/{row.pk}/", told, 302)
    page = _get(client, "/rule/on/?date=2026-11-23")
    assert "第1版" in page and "2027-07-21" in page
    page = _get(client, "/rule/on/?date=2026-12-01")
    assert "第2版" in page and "市窓 9" in page and "2027-01-30" in page
    assert "効力のある要綱はありません" in _get(client, "/rule/on/?date=2016-01-21")
    for wrong in ("", "?date=", "?date=2026-02-30", "?date=x", "?date=9999-12-31", "?date=0001-01-01"):
        assert _get(client, f"/rule/on/{wrong}")


def test_two_clerks_at_one_version(someone: Someone, client: Client) -> None:
    """The second is told and keeps what was typed."""
    manager = someone("manager")
    row = propose_version(second(), acting=manager)
    _in(client, manager)
    RuleVersion.objects.get(pk=row.pk).save()  # somebody else
    told = {"refuse-stamp": "1", "refuse-reason": "長い理由", "do": "refuse"}
    page = _post(client, f"/rule/versions/{row.pk}/", told, 409)
    assert "他の職員が変更しました" in page and "長い理由" in page
    _post(client, f"/rule/versions/{row.pk}/", {**told, "refuse-stamp": "2"}, 302)
    assert "長い理由" in _get(client, f"/rule/versions/{row.pk}/")


def test_queries_do_not_grow_with_versions(someone: Someone, client: Client) -> None:
    """Three proposals or thirty."""
    acting = someone("manager")
    adopt_rule(acting=acting)
    _get(_in(client, acting), "/rule/versions/")
    counted = []
    for count in (3, 27):
        for number in range(count):
            propose_version(second(hours=1000 + number), acting=acting)
        with CaptureQueriesContext(connection) as queries:
            _get(client, "/rule/versions/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert client.get("/rule/versions/?as=xlsx", secure=True).status_code == 200


def test_whoever_has_no_role_sees_nothing(someone: Someone, client: Client) -> None:
    """And a vendor proposes nothing; what is not there is a sentence."""
    _in(client, someone())
    for path in ("/rule/", "/rule/on/", "/rule/versions/", "/rule/propose/", "/rule/propose/text/"):
        _get(client, path, 403)
    _in(client, someone("vendor"))
    for path in ("/rule/propose/", "/rule/propose/text/"):
        _get(client, path, 403)
    assert "見つかりません" in _get(client, "/rule/versions/none/", 404)
