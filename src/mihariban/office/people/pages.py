"""Pages with one form: shown, sent, refused beside the field, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from mihariban.base.errors import MiharibanError
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed, NotThere
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T

Fact = tuple[T, Any]
_NOTHING = T("", "")


def require(verdict: Verdict) -> None:
    """Go on only where the policy allows.

    Raises:
        NotAllowed: it does not.
    """
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


def found(row: Any, what: T) -> Any:
    """The row.

    Raises:
        NotThere: there is none.
    """
    if row is None:
        raise NotThere(what_ja=what.ja, what_en=what.en)
    return row


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page with one form.

    Args:
        title, lead, button: as shown; ``lead`` is a paragraph that says what happens.
        back: address of the page before, also where one goes when it is done.
        done: what is said then.
        facts: the present state of the row, shown above the form; asked anew where somebody else changed it.
        danger: the button takes something away.
    """

    title: T
    button: T
    back: str
    done: T
    lead: T = _NOTHING
    facts: Callable[[], Sequence[Fact]] = tuple
    danger: bool = False

    def answer(
        self,
        request: HttpRequest,
        form: forms.Form,
        do: Callable[[dict[str, Any]], HttpResponse | None],
        row: Any = None,
    ) -> HttpResponse:
        """The page, or what follows once ``do`` took the cleaned data without an error of ours.

        Args:
            row: what the form's stamp belongs to.

        Raises:
            NotAllowed: the policy refused.
        """
        status = 200
        keep(request, form)
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    return do(form.cleaned_data) or self._after(request)
                except NotAllowed:
                    raise
                except MiharibanError as error:
                    tell(form, error)
                    if isinstance(error, ChangedMeanwhile):
                        _restamp(form, row)
                    status = 409
        facts = {"page": self, "form": form, "facts": self.facts()}
        return render(request, "people/form.html", facts, status=status)

    def _after(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, str(self.done))
        return redirect(self.back)


def _restamp(form: forms.Form, row: Any) -> None:
    """The next try is made from what is shown now."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["stamp"] = str(row.stamp)
    form.data = data
