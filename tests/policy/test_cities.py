"""What makes each city different must be sayable; research of forty rules gave the list."""
# a mistake and what would be right are read side by side

from __future__ import annotations

from pathlib import Path

from mihariban.policy import expires_at
from tests.policy.rules import SAGA, TOKYO, city, saga_with


def test_who_acts_differs() -> None:
    """Chief managers, nominated deputies, contractors, split bodies, acting only on instruction."""
    assert city("kyotanabe-fire-2018").roles.chief_manager is not None
    assert city("kokubunji-kiosk-2004").roles.deputies[0].selection == "pre_nominated"
    assert SAGA.roles.deputies[0].selection == "by_post"
    assert city("kasuya-2023").roles.contractors.allowed == "full"
    assert city("ichikawa-model").roles.image_controller_ja != city("ichikawa-model").roles.equipment_keeper_ja
    assert city("tennoji-2024").roles.operators.act_only_on_instruction
    assert city("yodogawa-2022").roles.operators.designation == "by_section"


def test_signs_media_and_monitoring_differ() -> None:
    """Fields of the sign, live displays, copies, secrecy."""
    assert city("aisho-2008").notice.fields == ("text", "manager_title", "contact")
    assert city("ichikawa-model").notice.fields == ("text", "manager_name", "contact")
    assert city("kyotanabe-kiosk-2019").notice.form_ja == "別記様式第1号"
    assert city("muko-hall").viewing.live_places_ja == ("管理責任者の席", "警備員室")
    assert city("muko-hall").purpose.staff_protection
    assert city("kyotanabe-fire-2018").storage.copies_to_other_media == "only_for_provision"
    assert city("yashio-2023").viewing.secrecy
    assert city("minamisatsuma-kiosk-2019").capture.mode == "continuous"


def test_bases_differ_by_city() -> None:
    """Oi: investigators and laws in writing, townspeople's life, body and property."""
    bases = {basis.id: basis.written for basis in city("oi-2023").disclosure.bases}
    assert bases == {"investigation": "required", "law": "required", "emergency": "not_required"}
    assert SAGA.disclosure.conditions == ("no_copy", "return_when_unneeded")
    assert not next(basis for basis in SAGA.disclosure.bases if basis.id == "emergency").enabled


def test_what_no_policy_here_uses_yet_can_still_be_said(tmp_path: Path) -> None:
    """Three tiers (Inami), two operators and a month (Omagari), yearly record (Otsu), filing (Kosa), forms (Higashimatsushima)."""
    rule = saga_with(
        tmp_path,
        ('scope = "per_rule"', 'scope = "per_camera"\nhandling_supervisor = { post_ja = "危機管理課長" }'),
        ("min_count = 1", "min_count = 2"),
        ("amount = 5760", "amount = 1"),
        ('unit = "hour"', 'unit = "month"'),
        ('qualifier = "exact"', 'qualifier = "in_principle"'),
        (
            "[reporting.board]",
            '[reporting]\nincident_to_ja = ["警察", "町長及び副町長"]\nprior_filing_ja = "設置の10日前まで"\n'
            'periodic = [{ title_ja = "運用状況記録簿", every_months = 12, to_ja = "市政情報課" }]\n\n[reporting.board]',
        ),
        (
            "minimum_scope = true",
            'minimum_scope = true\nrevocable = true\nrefusal_form_ja = "様式第3号"\npledge_required = true',
        ),
        ('"roles.scope"', '"roles.scope", "roles.handling_supervisor"'),
        (
            '"consultation", "reporting.board"',
            '"consultation", "reporting", "disclosure.revocable", "disclosure.refusal_form_ja", "disclosure.pledge_required"',
        ),
    ).policy
    assert rule.roles.handling_supervisor is not None
    assert rule.reporting.periodic[0].every_months == 12
    assert rule.disclosure.revocable
    assert expires_at(rule, 0, TOKYO) == 31 * 86_400 * 1_000_000_000
