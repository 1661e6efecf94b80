"""Every form of the office, read from its pages and filled in as a browser would send it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

SECRET = ("password", "file")
_DAY, _MOMENT = "2026-11-24", "2026-11-24T08:30"
_USUAL = {"date": _DAY, "datetime-local": _MOMENT, "time": "09:00", "number": "1", "email": "mihon@example.jp"}


@dataclass(slots=True)
class Field:
    """What is sent under a name. ``kind``: of the input; ``values``: what can be chosen, the chosen one first."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "textarea", "search", "")

    @property
    def is_stamp(self) -> bool:
        return self.kind == "hidden" and self.name.rpartition("-")[2] in ("stamp", "stamp_", "row_stamp")


@dataclass(slots=True)
class Form:
    """A form that posts. ``buttons``: name and value of each way to send it."""

    address: str
    fields: dict[str, Field]
    buttons: list[tuple[str, str]]

    @property
    def texts(self) -> list[str]:
        return [each.name for each in self.fields.values() if each.is_text]

    @property
    def ways(self) -> list[tuple[str, str] | None]:
        """Buttons to press; one of those that differ in their row alone (``fault:toner``)."""
        found = {(name, value.partition(":")[0]): (name, value) for name, value in self.buttons}
        return [*found.values()] or [None]

    @property
    def shape(self) -> str:
        """Equal for forms that differ in their row alone."""
        deed = "".join(each.values[0] for each in self.fields.values() if each.name == "deed" and each.values)
        return f"{deed} {' '.join(sorted(self.fields))} {' '.join(sorted(value for _, value in self.buttons))}"

    def filled(self, text: str = "", button: tuple[str, str] | None = None, **other: str) -> dict[str, str]:
        """What a browser sends, with ``text`` in every field for text (``{n}`` is its place among them)."""
        sent = dict([button]) if button else {}
        for each in self.fields.values():
            if each.is_text:
                sent[each.name] = text.replace("{n}", str(self.texts.index(each.name)))
            elif each.kind in _USUAL:
                sent[each.name] = each.values[0] if each.values and each.values[0] else _USUAL[each.kind]
            elif each.kind not in SECRET:
                sent[each.name] = next((value for value in each.values if value), "")
        return {**sent, **other}


def encoded(told: dict[str, str]) -> str:
    """As a browser sends it, and no test client by itself."""
    return urlencode(told)


class _Reader(HTMLParser):
    """Collects forms; what stands outside belongs to none."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, list[Form]()
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = urlsplit(urljoin(self.address, told.get("action") or self.address)).path
            self._form = Form(target, {}, []) if told.get("method") == "post" else None
        elif self._form is not None:
            self._inside(self._form, tag, told)

    def _inside(self, form: Form, tag: str, told: dict[str, str]) -> None:
        name = told.get("name", "")
        if tag == "option" and self._select is not None:
            place = 0 if "selected" in told else len(self._select.values)
            self._select.values.insert(place, told.get("value", ""))
        elif tag == "button" and name:
            form.buttons.append((name, told.get("value", "")))
        elif tag in ("select", "textarea") and name:
            found = form.fields.setdefault(name, Field(name, tag))
            self._select, self._area = (found, None) if tag == "select" else (None, found)
        elif tag == "input" and name:
            self._input(form, name, told)

    def _input(self, form: Form, name: str, told: dict[str, str]) -> None:
        kind = told.get("type", "")
        found = form.fields.setdefault(name, Field(name, kind))
        value = told.get("value", "on" if kind == "checkbox" else "")
        found.values.insert(0 if "checked" in told else len(found.values), value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.found.append(self._form)
            self._form = self._select = self._area = None


def forms_in(address: str, html: str) -> list[Form]:
    """The forms of a page that post; those of the frame (language, log-out) too."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.found
