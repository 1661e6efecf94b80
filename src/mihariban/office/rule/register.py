"""The list of versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import CharField, QuerySet, Value
from django.urls import reverse
from django.utils.functional import lazystr

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T
from mihariban.office.rule.models import STATES, RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.policy.errors import NoPolicyInForce


class VersionFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By what became of the proposal."""

    state = django_filters.ChoiceFilter(
        label=T("状態", "State"), choices=list(STATES.items()), empty_label=lazystr(T("すべて", "All"))
    )

    class Meta:
        model = RuleVersion
        fields: ClassVar = ["state"]


def address_of(row: RuleVersion) -> str:
    """The page of a version."""
    return reverse("rule:version", args=[row.id])


class Versions(Register):
    """All versions that were ever proposed, the newest first."""

    name = "rule-versions"
    title = T("要綱の版", "Versions of the rule")
    empty = T(
        "設置のときの要綱だけを使っています。改めるときは「改正を申し出る」から始めます。",
        'The rule of set-up is the only one. Begin with "Propose a version" to change it.',
    )
    filters = VersionFilter
    columns: ClassVar = (
        Column("version", T("版", "Version"), lambda row: f"第{row.version}版", sort="version", link=address_of),
        Column("effective_from", T("施行日", "In force from"), sort="effective_from"),
        Column("state", T("状態", "State"), lambda row: row.state_on(today(), row.in_force)),
        Column("approver", T("決定した職", "Decided by")),
        Column("document_number", T("文書番号", "Document")),
        Column("proposed_at", T("申し出た時", "Proposed"), sort="proposed_at"),
        Column("why", T("理由", "Why")),
        Column("sha256", T("本文のハッシュ", "Hash of the text"), lambda row: row.sha256[:16]),
    )

    def rows(self, acting: Acting) -> QuerySet[Any, Any]:
        """All versions."""
        in_force = Value(hash_in_force(), output_field=CharField())
        return RuleVersion.objects.defer("text").annotate(in_force=in_force).order_by("-version", "-proposed_at")

    def may_see(self, acting: Acting) -> Verdict:
        """The rule's own policy."""
        return RULES.may_see(acting)

    def buttons(self, acting: Acting) -> Sequence[Button]:
        """A new version, and the one in force."""
        new = [Button(reverse("rule:propose"), T("改正を申し出る", "Propose a version"))]
        now = [Button(reverse("rule:now"), T("今の要綱を読む", "Read the rule in force"))]
        return [*(new if RULES.may_propose(acting) else []), *now]


def hash_in_force() -> str:
    """Hash of the version in force today; empty where none is."""
    try:
        return policy_on(today()).sha256
    except NoPolicyInForce:
        return ""
