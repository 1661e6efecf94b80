"""A page of the wizard: one step, its form, the list of steps beside it; what was typed is kept when it is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.text import T
from mihariban.office.people.pages import require
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import BY_NAME, after, keep_typed, shown, typed

_TOO_LONG = T(
    "長すぎるため、残していません。短くしてもう一度押してください。",
    "It is too long and was not kept. Shorten it and press again.",
)


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step. ``template`` extends ``wizard/step.html``; ``facts`` go there."""

    name: str
    template: str = "wizard/step.html"

    def answer(
        self,
        request: HttpRequest,
        make: Callable[..., forms.Form],
        do: Callable[[dict[str, Any]], HttpResponse | None],
        facts: Mapping[str, Any],
        start: Mapping[str, Any],
    ) -> HttpResponse:
        """The page, or what follows.

        Args:
            make: makes the form of ``data`` and ``initial``.
            do: takes the cleaned data; None leads to the next step.
            start: initial values, where nothing was typed before.

        Raises:
            NotAllowed: the policy refuses.
        """
        form = keep(request, make(request.POST, initial=start)) if request.method == "POST" else None
        require(WIZARD.may_do(acting_of(request)))
        if form is None:
            before = {key: found[0] for key, found in typed(self.name).items() if found}
            return self.show(request, make(None, initial={**start, **before}), facts)
        if left := leave(request, self.name):
            return left
        status = 422
        if "later" in request.POST:
            form.add_error(None, str(_TOO_LONG))
        elif form.is_valid():
            try:
                return do(form.cleaned_data) or redirect(after(self.name))
            except NotAllowed:
                raise
            except MiharibanError as error:
                tell(form, error)
                status = 409
        keep_typed(self.name, request.POST)
        return self.show(request, form, facts, status)

    def show(
        self, request: HttpRequest, form: forms.Form | None, facts: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        """The page."""
        told = {"step": BY_NAME[self.name], "steps": shown(self.name), "form": form, "next": after(self.name)}
        return render(request, self.template, {**told, **facts}, status=status)


def leave(request: HttpRequest, name: str) -> HttpResponse | None:
    """Where the browser only keeps what is being typed (``keep``), or the clerk goes on later (``later``)."""
    if "keep" in request.POST:
        keep_typed(name, request.POST)
        return HttpResponse(status=204)
    if "later" in request.POST and keep_typed(name, request.POST):
        messages.success(request, str(T("ここまでの入力を残しました。", "What you typed is kept.")))
        return redirect("wizard:steps")
    return None
