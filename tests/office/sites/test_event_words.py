"""The recorders' entries as people read them: sentences, kinds, no code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.sites.event_words import KINDS, OTHER, kind, said, with_sentences
from mihariban.office.sites.models import RecorderUnit, SeenEvent, SeenFinding, Site


@pytest.fixture
def entries(office: object) -> list[SeenEvent]:
    """A camera without picture, a ring too small, a visit; and what the recorder told of the first two."""
    unit = RecorderUnit.objects.create(pk="r", site=Site.objects.create(pk="s"), socket="/nowhere")
    other = RecorderUnit.objects.create(pk="r2", site=unit.site, socket="/nowhere")
    for code, camera, ja in (
        ("camera_no_picture", "cam1", "カメラ cam1 の映像がない"),
        ("camera_no_picture", "cam2", "カメラ cam2 の映像がない"),
        ("capacity_short", "", "容量が足りない"),
    ):
        SeenFinding.objects.create(recorder=unit, code=code, camera=camera, since=now(), ja=ja, en=f"about {code}")
    SeenFinding.objects.create(recorder=other, code="camera_no_picture", camera="cam1", since=now(), ja="別", en="x")
    told = (
        (Tag.HEALTH_FINDING_BEGIN, {"finding": "camera_no_picture (cam1)"}),
        (Tag.HEALTH_FINDING_END, {"finding": "camera_no_picture (cam2)"}),
        (Tag.HEALTH_FINDING_BEGIN, {"finding": "capacity_short (recorder)"}),
        (Tag.HEALTH_FINDING_BEGIN, {"finding": "never_told (x)"}),
        (Tag.BOOT_PROCESS_START, {"process": "recorder"}),
    )
    return SeenEvent.objects.bulk_create(
        SeenEvent(recorder=unit, seq=number, tag=str(tag), at=now(), outcome="done", facts=facts)
        for number, (tag, facts) in enumerate(told)
    )


def test_a_finding_is_told_by_its_sentence(entries: list[SeenEvent]) -> None:
    """Of its own recorder and camera; what was never told keeps its code, rather than nothing."""
    assert [said(row) for row in with_sentences(SeenEvent.objects.order_by("seq"))] == [
        "異常：カメラ cam1 の映像がない",
        "異常が終わった：カメラ cam2 の映像がない",
        "異常：容量が足りない",
        "異常：never_told (x)。",
        "recorder が動き始めた。",
    ]


def test_moments_are_told_as_a_clerk_reads_them(office: object) -> None:
    """In the office's zone, without fractions; the day only where it is not that of the entry."""
    facts = {"grant": "g", "from": "2026-11-22T22:10:03.000054196Z", "to": "2026-11-22T23:10:03.900054196Z"}
    row = SeenEvent(tag=str(Tag.FOOTAGE_SECONDS_SERVE), outcome="done", at=now(), facts=facts)
    assert said(row) == "許可 g により 07:10:03 から 08:10:03 の映像を渡した。"
    row.facts = {**facts, "from": "2026-11-21T22:10:03.000054196Z"}
    assert "令和8年11月22日（2026-11-22） 07:10:03 から 08:10:03 の" in said(row)


def test_many_entries_ask_once(
    entries: list[SeenEvent], django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    """One query for the sentences of all, and none where there is no finding among them."""
    rows, others = list(SeenEvent.objects.all()), list(SeenEvent.objects.filter(tag=str(Tag.BOOT_PROCESS_START)))
    with django_assert_num_queries(1):
        with_sentences(rows)
    with django_assert_num_queries(0):
        with_sentences(others)


def test_the_newest_sentence_of_a_finding_is_told(entries: list[SeenEvent]) -> None:
    """A recorder may say it better after an update."""
    old = SeenFinding.objects.get(recorder="r", camera="cam1")
    SeenFinding.objects.filter(pk=old.pk).update(until=now())
    SeenFinding.objects.create(recorder_id="r", code=old.code, camera="cam1", since=now(), ja="新しい文", en="new")
    assert said(with_sentences(entries)[0]) == "異常：新しい文"


def test_the_page_has_words_and_a_choice_of_kinds(
    entries: list[SeenEvent], client: Client, someone: Callable[..., Acting]
) -> None:
    """No code in it, and each kind can be chosen."""
    client.force_login(someone("manager").user)  # type: ignore[arg-type]  # an account of a test
    page = client.get("/sites/events/", secure=True).content.decode()
    for code in ("camera_no_picture", "health:finding", "gap: など"):
        assert code not in page
    assert '<option value="machine">装置の起動と停止</option>' in page
    found = client.get("/sites/events/?kind=machine", secure=True).content.decode()
    assert "動き始めた" in found and "映像がない" not in found
    for name in KINDS:
        assert client.get(f"/sites/events/?kind={name}", secure=True).status_code == 200
    assert "camera_no_picture" not in client.get("/sites/recorders/r/", secure=True).content.decode()


def test_every_tag_of_a_recorder_has_a_kind() -> None:
    """What is the office's own is left to the others."""
    others = {str(tag).partition(":")[0] for tag in Tag if kind(SeenEvent(tag=str(tag))) is OTHER}
    assert others == {
        "account", "alarm", "check", "deputy", "fault", "found", "notice", "person", "post", "role", "session",
    }  # fmt: skip
