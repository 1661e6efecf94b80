"""People, posts, designations, accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from mihariban.office.base.stamp import Stamped


class Post(Stamped):
    """One row: a post of the city, such as the head of the citizens' section."""

    name = models.CharField(max_length=100)
    rank = models.PositiveIntegerField(default=100)
    """the smaller the higher: the senior deputises where the rule says so"""
    manages = models.BooleanField(default=False)
    """whoever holds this post is the manager (article 2)"""

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


class Holding(Stamped):
    """One row: a person holds a post from a day on, up to and with another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    """None: until further notice"""


class Designation(Stamped):
    """One row: a person is designated for a role from a day on, up to and with another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="designations")
    role = models.CharField(max_length=16)
    """see ``base.acting.Role``; manager and deputy follow from posts and activations instead"""
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    """None: until dismissed"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "first"], name="designation_person")]


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
    language = models.CharField(max_length=2, default="ja")
    is_active = models.BooleanField(default=True)

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


def in_force(day: Any) -> Q:
    """Rows that are in force on ``day``."""
    return Q(first__lte=day) & (Q(last__isnull=True) | Q(last__gte=day))
