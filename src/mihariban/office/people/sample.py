"""Sample people for the demo, with passwords that everybody may know. Never call this for an office in earnest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mihariban.office.base.acting import Acting, system
from mihariban.office.people.actions import appoint, create_account, designate, enter_person, set_post
from mihariban.office.people.models import Person, Post, User
from mihariban.office.people.setup import set_up

SECTION = "市民生活課"
PASSWORD = "mihon-no-password"  # noqa: S105  # shown to everybody, on purpose
REASON = "見本のデータ"


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody who is obviously nobody. ``role``: a role, or manager and vice for the two posts."""

    username: str
    name: str
    reading: str
    role: str
    organisation: str = SECTION


SAMPLES = (
    Sample("manager", "見本 太郎", "みほん たろう", "manager"),
    Sample("deputy", "例 一郎", "れい いちろう", "vice"),
    Sample("hanako", "見本 花子", "みほん はなこ", "operator"),
    Sample("jiro", "例 次郎", "れい じろう", "operator"),
    Sample("it", "例 三郎", "れい さぶろう", "it", "情報システム課"),
    Sample("auditor", "見本 監", "みほん かん", "auditor", "監査委員事務局"),
    Sample("vendor", "例 四郎", "れい しろう", "vendor", "見本保守株式会社"),
)


def make_sample(since: date) -> dict[str, Acting]:
    """All of ``SAMPLES`` with their accounts, by login name, acting now; in their roles since ``since``. What is there
    already stays.

    Raises:
        InputError: the rule cannot be read.
    """
    acting = system()
    row = set_up()
    row.section = row.section or SECTION
    row.save()
    for each in SAMPLES:
        if not User.objects.filter(username=each.username).exists():
            _make(each, since, acting)
    users = User.objects.filter(username__in=[each.username for each in SAMPLES]).select_related("person")
    return {user.username: Acting.of(user) for user in users}


def _make(sample: Sample, since: date, acting: Acting) -> Person:
    person = enter_person(sample.name, reading=sample.reading, organisation=sample.organisation, acting=acting)
    told = f"見本第{person.pk}号"
    if sample.role in ("manager", "vice"):
        appoint(person, _post(sample.role, acting), first=since, document=told, reason=REASON, acting=acting)
    else:
        last = replace_year(since, since.year + 5) if sample.role == "vendor" else None
        designate(person, sample.role, first=since, last=last, document=told, reason=REASON, acting=acting)
    create_account(person, username=sample.username, password=PASSWORD, acting=acting)
    return person


def replace_year(day: date, year: int) -> date:
    """The same day of another year; 28 February for a leap day."""
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _post(role: str, acting: Acting) -> Post:
    name, rank = (f"{SECTION}長", 1) if role == "manager" else (f"{SECTION}副課長", 10)
    found = Post.objects.filter(name=name).first()
    manages = role == "manager"
    return found or set_post(None, name=name, rank=rank, manages=manages, deputises=not manages, acting=acting)
