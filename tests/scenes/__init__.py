"""Labelled scenes: the generator that judges presence detection, for the tests and for the bench."""

from .case import Case, Visit
from .cutouts import available
from .plan import cases

__all__ = ["Case", "Visit", "available", "cases"]
