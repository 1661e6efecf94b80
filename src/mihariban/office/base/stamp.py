"""Two clerks at one row: a form posts the stamp of the row that it was filled from."""

from __future__ import annotations

from typing import Any

from django.db import models

from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.base.text import T


class Stamped(models.Model):
    """A row with a stamp that grows with each ``save``. Show it in the form (``StampedForm``), give it to ``check``
    inside the action."""

    stamp = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **more: Any) -> None:
        """Store the row under its next stamp."""
        self.stamp += 1
        if more.get("update_fields") is not None:
            more["update_fields"] = {*more["update_fields"], "stamp"}
        super().save(*args, **more)

    def check_stamp(self, stamp: int, what: T) -> None:
        """Make sure that the row is still what the clerk saw. Call inside the action: writers wait for each other
        there. The row is read anew.

        Raises:
            ChangedMeanwhile: it is not.
        """
        self.refresh_from_db()
        if self.stamp != stamp:
            raise ChangedMeanwhile(what_ja=what.ja, what_en=what.en)
