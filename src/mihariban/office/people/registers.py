"""Lists: people, posts, the register of designations (取扱者指定簿), activations of deputies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import era_text, now, today
from mihariban.office.base.policy import Verdict
from mihariban.office.base.register import Button, Column, Register
from mihariban.office.base.text import T
from mihariban.office.people.models import (
    NOMINEE,
    Activation,
    Designation,
    Holding,
    Person,
    Post,
    acting_at,
    in_force,
)
from mihariban.office.people.names import DESIGNATED, SELECTIONS, STATES, role_name
from mihariban.office.people.policy import PEOPLE


class _Seen(Register):
    def may_see(self, acting: Acting) -> Verdict:
        """Everybody of the office; a vendor does not see the others."""
        return PEOPLE.may_see(acting)


class PersonFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By name, reading or section."""

    q = django_filters.CharFilter(label=T("氏名・ふりがな・所属", "Name, reading or section"), method="named")

    def named(self, rows: QuerySet[Person], _: str, value: str) -> QuerySet[Person]:
        """Rows where one of the three has the text."""
        return rows.filter(Q(name__icontains=value) | Q(reading__icontains=value) | Q(organisation__icontains=value))


def roles_text(person: Person) -> str:
    """The roles of a person whose rows in force were fetched along."""
    roles = [role_name("manager")] if any(each.post.manages for each in person.holdings.all()) else []
    roles += [role_name("deputy")] if person.activations.all() else []
    roles += [role_name(each.role) for each in person.designations.all()]
    return "、".join(map(str, roles))


def with_roles(rows: QuerySet[Person]) -> QuerySet[Person]:
    """Each person with what is in force now."""
    force = in_force(today())
    return rows.select_related("user").prefetch_related(
        Prefetch("holdings", Holding.objects.filter(force).select_related("post").order_by("post__rank")),
        Prefetch("designations", Designation.objects.filter(force).order_by("role")),
        Prefetch("activations", Activation.objects.filter(acting_at(now()))),
    )


def _account(person: Person) -> T | None:
    user = getattr(person, "user", None)
    if user is None:
        return None
    return T("使える", "open") if user.is_active else T("停止中", "closed")


class People(_Seen):
    """Everybody, with the roles of today."""

    name = "people"
    title = T("人と役割", "People and roles")
    empty = T(
        "まだ誰も登録されていません。「人を登録する」から始めてください。", 'Nobody yet. Begin with "Enter a person".'
    )
    filters = PersonFilter
    template_name = "people/people.html"
    columns: ClassVar[Sequence[Column]] = (
        Column("name", T("氏名", "Name"), sort="name", link=lambda row: reverse("people:person", args=[row.pk])),
        Column("reading", T("ふりがな", "Reading"), sort="reading"),
        Column("organisation", T("所属", "Section or vendor"), sort="organisation"),
        Column("posts", T("職", "Post"), lambda row: "、".join(each.post.name for each in row.holdings.all())),
        Column("roles", T("今日の役割", "Roles today"), roles_text),
        Column("account", T("アカウント", "Account"), _account),
    )

    def rows(self, acting: Acting) -> QuerySet[Person]:
        """By reading."""
        return with_roles(Person.objects.order_by("reading", "name", "pk"))

    def buttons(self, acting: Acting) -> Sequence[Button]:
        """Enter somebody."""
        return [Button(reverse("people:new"), T("人を登録する", "Enter a person"))] if PEOPLE.may_enter(acting) else []


class Posts(_Seen):
    """Posts and who holds them."""

    name = "posts"
    title = T("職", "Posts")
    empty = T("まだ職がありません。「職を定める」から始めてください。", 'No post yet. Begin with "Set a post".')
    columns: ClassVar[Sequence[Column]] = (
        Column("name", T("職の名", "Post"), link=lambda row: reverse("people:post", args=[row.pk])),
        Column("rank", T("席次", "Rank"), number=True),
        Column("manages", T("管理者の職", "Manager's post")),
        Column("deputises", T("職務代理者の職", "Deputy's post")),
        Column("held", T("今日の人", "Held today by"), lambda row: "、".join(each.person.name for each in row.held)),
    )

    def rows(self, acting: Acting) -> QuerySet[Post]:
        """By rank."""
        held = Holding.objects.filter(in_force(today())).select_related("person").order_by("first")
        return Post.objects.order_by("rank", "pk").prefetch_related(Prefetch("holdings", held, to_attr="held"))

    def buttons(self, acting: Acting) -> Sequence[Button]:
        """Set one more."""
        allowed = PEOPLE.may_set_post(acting)
        return [Button(reverse("people:post-new"), T("職を定める", "Set a post"))] if allowed else []


class DesignationFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """By role and day."""

    role = django_filters.ChoiceFilter(label=T("役割", "Role"), choices=list(DESIGNATED.items()))
    on = django_filters.DateFilter(label=T("この日に有効", "In force on"), method="on_day")

    def on_day(self, rows: QuerySet[Designation], _: str, day: Any) -> QuerySet[Designation]:
        """Rows in force on a day."""
        return rows.filter(in_force(day))


def _remark(row: Designation) -> str:
    """What was mended, and why it came late."""
    told = [str(T("取消し", "void"))] if row.void else []
    if row.role == NOMINEE:
        told.append(str(T("職務代理の指名（この記録だけでは代理できない）", "a nomination: gives no right by itself")))
    told += [row.note] if row.note else []
    for each in row.corrections.all():
        span = f"{era_text(each.first)} – {era_text(each.last) if each.last else ''}"
        told.append(
            str(
                T("訂正前 {span}（理由：{reason}）", "before: {span} (reason: {reason})").format(
                    span=span, reason=each.reason
                )
            )
        )
    return "；".join(told)


class Designations(_Seen):
    """取扱者指定簿: who was designated for what, by which paper."""

    name = "designations"
    title = T("取扱者指定簿", "Register of designations")
    empty = T(
        "まだ誰も指定されていません。人のページの「役割に指定する」から始めてください。",
        "Nobody is designated yet. Begin on a person's page.",
    )
    filters = DesignationFilter
    signatures: ClassVar[Sequence[T]] = (T("管理者", "Manager"), T("担当", "Clerk"))
    columns: ClassVar[Sequence[Column]] = (
        Column("number", T("番号", "No."), lambda row: row.pk, sort="pk", number=True),
        Column(
            "name",
            T("氏名", "Name"),
            lambda row: row.person.name,
            link=lambda row: reverse("people:person", args=[row.person_id]),
        ),
        Column("organisation", T("所属", "Section or vendor"), lambda row: row.person.organisation),
        Column("role", T("役割", "Role"), lambda row: role_name(row.role), sort="role"),
        Column("first", T("指定した日", "From"), sort="first"),
        Column("document", T("指定の文書番号", "Paper")),
        Column("last", T("解いた日（最後の日）", "Last day"), sort="last"),
        Column("dismissal_document", T("解いた文書番号", "Paper of dismissal")),
        Column("remark", T("備考", "Remarks"), _remark),
    )

    def rows(self, acting: Acting) -> QuerySet[Designation]:
        """The newest first; nominations of deputies included."""
        return Designation.objects.select_related("person").prefetch_related("corrections").order_by("-first", "-pk")


class Activations(_Seen):
    """職務代理記録簿: who acted for the manager, why, from when to when."""

    name = "activations"
    title = T("職務代理記録簿", "Register of deputies' activations")
    empty = T("職務代理はまだありません。", "No deputy has acted yet.")
    signatures: ClassVar[Sequence[T]] = (T("管理者", "Manager"),)
    columns: ClassVar[Sequence[Column]] = (
        Column("number", T("番号", "No."), lambda row: row.pk, number=True),
        Column("name", T("代理した人", "Deputy"), lambda row: row.person.name),
        Column("how", T("決め方", "Chosen"), lambda row: SELECTIONS.get(row.selection, row.selection)),
        Column("begins", T("開始", "From"), sort="begins"),
        Column("until", T("終了", "Until"), lambda row: row.until),
        Column("reason", T("理由", "Reason")),
        Column("document", T("文書番号", "Paper")),
        Column("by", T("始めた人", "Started by"), lambda row: row.started_by.name if row.started_by else None),
        Column("state", T("状態", "State"), lambda row: STATES[row.state(now())]),
    )

    def rows(self, acting: Acting) -> QuerySet[Activation]:
        """The newest first."""
        return Activation.objects.select_related("person", "started_by").order_by("-begins", "-pk")
