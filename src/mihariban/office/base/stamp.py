"""Two clerks at one row: a form posts the stamp of the row that it was filled from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models

from mihariban.base.errors import AccessError, InputError, StateError
from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.base.kept import tell
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


class StampedForm(forms.Form):
    """A form that was filled from a row: it carries the row's stamp, and keeps what was typed where somebody else was
    faster.

        form = DayForm(request.POST or None, row=day)
        if request.method == "POST" and form.is_valid():
            if form.do(lambda: close_day(day, acting=acting, stamp=form.stamp, **form.changes)):
                return redirect(...)
        return render(request, "days/close.html", {"form": form, "day": day}, status=form.status)

    Args:
        row: the row; None for one that is being made.
    """

    row_stamp = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, row: Stamped | None = None, **more: Any) -> None:
        more["initial"] = {"row_stamp": row.stamp if row is not None else 0, **(more.get("initial") or {})}
        super().__init__(*args, **more)
        self._row = row

    @property
    def stamp(self) -> int:
        """The stamp of the row that the clerk saw."""
        return int(self.cleaned_data.get("row_stamp") or 0)

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_stamp"}

    @property
    def status(self) -> int:
        """The HTTP status of the page with this form: 422 where it was refused, so that htmx swaps it in too."""
        return 422 if self.is_bound and self.errors else 200

    def do(self, deed: Callable[[], Any]) -> bool:
        """Run an action; False where it was refused: the sentence then stands over the form, and what was typed in it.

        Where somebody else was faster the form takes the row's present stamp: saving again is then a decision made
        knowing it.

        Raises:
            StorageError: nothing is saved at all.
        """
        try:
            deed()
        except (StateError, AccessError, InputError) as error:
            tell(self, error)
            if isinstance(error, ChangedMeanwhile) and self._row is not None:
                # Forms and their sets read ``data`` as a mapping with ``getlist`` too: keep its kind.
                typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
                typed[self.add_prefix("row_stamp")] = str(self._row.stamp)
                self.data = typed
            return False
        return True
