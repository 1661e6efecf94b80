"""Rows as files that clerks open: CSV (UTF-8 with BOM for today's Excel, cp932 for older programs) and Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from mihariban.office.base.text import T

FORMATS = {
    "xlsx": T("Excel", "Excel"),
    "csv": T("CSV", "CSV"),
    "csv-cp932": T("CSV（Shift_JIS）", "CSV (Shift_JIS)"),
}
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "csv-cp932": "text/csv; charset=shift_jis",
}
GETA = "〓"
"""What stands for a character that cp932 does not have, as printers did."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. Cells are text, numbers, dates, naive local moments, or None."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def response(self, form: str, name: str) -> HttpResponse:
        """The file as an answer to a browser.

        Args:
            form: one of ``FORMATS``. name: of the file, ASCII, without ending.
        """
        made = {"xlsx": self.xlsx, "csv": self.csv, "csv-cp932": self.csv_cp932}[form]()
        response = HttpResponse(made, content_type=_TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="{name}.{form.partition("-")[0]}"'
        response["Cache-Control"] = "no-store"
        return response

    def csv(self) -> bytes:
        """UTF-8 with BOM, CRLF."""
        return self._text().encode("utf-8-sig")

    def csv_cp932(self) -> bytes:
        """Windows' Shift_JIS; what it does not have becomes 〓 (see ``unwritable``)."""
        text = self._text()
        lost = {letter for letter in set(text) if not _fits(letter)}
        return text.translate({ord(letter): GETA for letter in lost}).encode("cp932")

    def xlsx(self) -> bytes:
        """An Excel workbook. A text that begins like a formula stays a text."""
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.title.translate({ord(letter): "_" for letter in "[]:*?/\\"})[:31])
        sheet.freeze_panes = "A2"

        def cell(value: Any, *, bold: bool = False) -> Any:
            text = isinstance(value, str)
            made = WriteOnlyCell(sheet, value.translate(_CONTROL)[:32_767] if text else value)
            if text:
                made.data_type = "s"
            if bold:
                made.font = Font(bold=True)
            return made

        sheet.append([cell(each, bold=True) for each in self.head])
        for row in self.rows:
            sheet.append([cell(each) for each in row])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _text(self) -> str:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.head)
        writer.writerows([_cell(each) for each in row] for row in self.rows)
        return out.getvalue()


def unwritable(sheet: Sheet) -> list[str]:
    """The characters of a sheet that cp932 does not have, in order."""
    return sorted({letter for row in sheet.rows for value in row for letter in str(value) if not _fits(letter)})


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _fits(letter: str) -> bool:
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
