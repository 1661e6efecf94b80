"""A page with a form that leads to one action: filled, refused with a sentence, or done; nothing typed is lost.

class Retire(ActionPage):
    form_class = RetireForm                    # an ActionForm: it carries the stamp
    title = T("鍵の使用をやめる", "Retire a key")
    button = T("やめる", "Retire")

    def find(self, **named): return get_object_or_404(Key, pk=named["key"])
    def verdict(self, acting, row): return KEYS.may_retire(acting, row)
    def act(self, acting, row, form): retire_key(row, …, stamp=form.stamp, acting=acting); return reverse("…")
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mihariban.base.errors import InputError, StateError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.kept import keep, tell, typed_in
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T


class ActionForm(forms.Form):
    """A form with the stamp of the row it was filled from."""

    stamp_ = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    @property
    def stamp(self) -> int:
        """The stamp, once the form is valid; -1, which no row has, where it was not sent."""
        sent = self.cleaned_data.get("stamp_")
        return -1 if sent is None else int(sent)


class ActionPage(LoginRequiredMixin, View):
    """See above."""

    form_class: ClassVar[type[forms.Form]]
    title: ClassVar[T]
    button: ClassVar[T]
    danger: ClassVar[bool] = False
    template_name: ClassVar[str] = "base/action.html"

    def find(self, **named: Any) -> Any:
        """The row of the address; None where there is none."""
        return None

    def verdict(self, acting: Acting, row: Any) -> Verdict:
        """Whether the page opens: the same policy as the action's."""
        raise NotImplementedError

    def form(self, data: Any, row: Any) -> Any:
        """The form, empty or as it was sent."""
        return self.form_class(data, initial={**self.start(row), "stamp_": getattr(row, "stamp", None)})

    def start(self, row: Any) -> dict[str, Any]:
        """What stands in the empty form."""
        return {}

    def act(self, acting: Acting, row: Any, form: Any) -> str:
        """Do it; returns the address to go to."""
        raise NotImplementedError

    def done(self, row: Any) -> T:
        """What is said afterwards."""
        return T("保存しました。", "Saved.")

    def more(self, acting: Acting, row: Any) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        """The page with its form.

        Raises:
            NotAllowed: the policy refuses.
        """
        row = self.find(**named)
        verdict = self.verdict(acting_of(request), row)
        if not verdict:
            raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
        return self._page(request, row, self.form(None, row), 200)

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        """Do it, or the page again with what was typed and the sentence that says why not.

        Where the policy refuses, the page shows what was typed and nothing else: it may be somebody else's.
        """
        row = self.find(**named)
        form = keep(request, self.form(request.POST, row))
        verdict = self.verdict(acting_of(request), row)
        if not verdict:
            return self._refused(request, form, verdict.why)
        if not form.is_valid():
            return self._page(request, row, form, 422)
        try:
            address = self.act(acting_of(request), row, form)
        except NotAllowed as error:
            return self._refused(request, form, T(error.text("ja"), error.text("en")))
        except (InputError, StateError) as error:
            tell(form, error)
            if isinstance(error, ChangedMeanwhile):
                row = self.find(**named)
                form.data = form.data.copy()
                form.data["stamp_"] = str(row.stamp)  # the clerk has been told; the next press means it
            return self._page(request, row, form, 409)
        messages.success(request, str(self.done(row)))
        return redirect(address)

    def _refused(self, request: HttpRequest, form: Any, why: T) -> HttpResponse:
        facts = {"title": self.title, "sentence": why, "code": NotAllowed.code, "typed": typed_in(form)}
        return render(request, "web/refused.html", facts, status=409)

    def _page(self, request: HttpRequest, row: Any, form: Any, status: int) -> HttpResponse:
        shown = {"page": self, "row": row, "form": form, **self.more(acting_of(request), row)}
        return render(request, self.template_name, shown, status=status)
