"""People, posts, designations, activations of deputies, corrections, accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from mihariban.office.base.stamp import Stamped

NOMINEE = "nominee"
"""Role in a designation: nominated beforehand to act for the manager; no right follows from it alone."""


class Dated(Stamped):
    """A row with days of force, both included. A row that was entered by mistake is void, never deleted."""

    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    """None: until further notice"""
    void = models.BooleanField(default=False)
    document = models.CharField(max_length=100, blank=True, default="")
    """number of the paper that says so"""
    note = models.CharField(max_length=500, blank=True, default="")
    """why it was entered after its day"""

    class Meta:
        abstract = True


class Post(Stamped):
    """One row: a post of the city, such as the head of the citizens' section."""

    name = models.CharField(max_length=100)
    rank = models.PositiveIntegerField(default=100)
    """the smaller the higher: the senior deputises where the rule says so"""
    manages = models.BooleanField(default=False)
    """whoever holds this post is the manager (article 5(2))"""
    deputises = models.BooleanField(default=False)
    """whoever holds this post is the one whom the rule names as deputy (article 5(3))"""

    def __str__(self) -> str:
        return self.name


class Person(Stamped):
    """One row: a person who works with the kiosks, in the city or at a vendor."""

    name = models.CharField(max_length=100)
    reading = models.CharField(max_length=100, blank=True, default="")
    organisation = models.CharField(max_length=100, blank=True, default="")
    """section, or vendor"""

    def __str__(self) -> str:
        return self.name


class Holding(Dated):
    """One row: a person holds a post from a day on, up to and with another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post", "first"], name="holding_post")]


class Designation(Dated):
    """One row: a person is designated for a role from a day on, up to and with another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="designations")
    role = models.CharField(max_length=16)
    """see ``base.acting.Role``, or ``NOMINEE``; manager and deputy follow from posts and activations instead"""
    dismissal_document = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "first"], name="designation_person")]


class Activation(Stamped):
    """One row: a deputy acts for the manager from ``begins`` up to and without ``ends``, or ``ended`` where that came
    first. Nobody acts as deputy outside of it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="activations")
    selection = models.CharField(max_length=32)
    """how the rule chose this deputy: by_post, pre_nominated, senior_of_section"""
    reason = models.CharField(max_length=500)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    """ended early at this moment"""
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["begins"], name="activation_begins")]

    @property
    def until(self) -> datetime:
        """When it ends or ended."""
        return min(self.ends, self.ended) if self.ended else self.ends

    def state(self, moment: datetime) -> str:
        """waiting, acting, ended (by itself) or ended_early."""
        if self.ended is not None and moment >= self.ended:
            return "ended_early"
        if moment < self.begins:
            return "waiting"
        return "acting" if moment < self.ends else "ended"


class Correction(models.Model):
    """One row: what a holding or a designation said before somebody corrected it, and why."""

    holding = models.ForeignKey(Holding, models.PROTECT, null=True, blank=True, related_name="corrections")
    designation = models.ForeignKey(Designation, models.PROTECT, null=True, blank=True, related_name="corrections")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    void = models.BooleanField(default=False)
    document = models.CharField(max_length=100, blank=True, default="")


class SetUp(Stamped):
    """At most one row (id 1): the section that keeps the kiosks, and the manager's signature under the set-up."""

    section = models.CharField(max_length=100, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    """of the summary that was signed"""


class UserManager(BaseUserManager["User"]):
    """Makes accounts; use ``people.actions.create_account``, which enters them."""

    def create_user(self, username: str, password: str | None = None, **more: Any) -> User:
        """A new account with a hashed password."""
        user = self.model(username=username, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One row: an account. What its owner may do follows from the person, never from the account."""

    username = models.CharField(max_length=64, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="user")
    email = models.EmailField(blank=True, default="")
    """at the city's single sign-on, as entered by who keeps accounts; used until ``subject`` is known"""
    subject = models.CharField(max_length=255, null=True, blank=True, unique=True)
    """who its owner is at the city's single sign-on"""
    language = models.CharField(max_length=2, default="ja")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False)
    """its password was given by somebody else; the owner shall choose another"""

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """Name of the person, or of the account where there is none."""
        return self.person.name if self.person else self.username


class LoginFailures(models.Model):
    """One row: failures of one account for one cause, since its last entry."""

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField()
    """moment of the last entry"""
    pending = models.PositiveIntegerField(default=0)
    """failures after it that stand in no entry yet"""


class LoginReset(models.Model):
    """One row: somebody else gave the manager, or who acted as manager, a new way in. Told until it is confirmed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="resets")
    kind = models.CharField(max_length=16)
    """password, factor"""
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    mailed_at = models.DateTimeField(null=True)
    """when the mail about it went out; set before, and taken back where the server did not take it"""
    mail_tried_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["confirmed_at", "at"], name="login_reset_open")]


def in_force(day: date) -> Q:
    """Rows with days of force that are in force on ``day``."""
    return Q(void=False, first__lte=day) & (Q(last__isnull=True) | Q(last__gte=day))


def touching(first: date, last: date | None) -> Q:
    """Rows with days of force that have a day in common with ``first`` to ``last``."""
    found = Q(void=False) & (Q(last__isnull=True) | Q(last__gte=first))
    return found & Q(first__lte=last) if last else found


def acting_at(moment: datetime) -> Q:
    """Activations in which somebody acts at ``moment``."""
    return Q(begins__lte=moment, ends__gt=moment) & (Q(ended__isnull=True) | Q(ended__gt=moment))
