"""What can be wrong with a rule, a site's description or the question put to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from mihariban.base.errors import InputError, StateError
from mihariban.base.text import Language


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a TOML file, said in both languages.

    Attributes:
        line: 1-based; 0 where the file as a whole is meant.
        field: dotted path inside the file; empty for the file as a whole.
        ja, en: what is wrong.
        do_ja, do_en: what would be right.
    """

    line: int
    field: str
    ja: str
    en: str
    do_ja: str
    do_en: str

    def text(self, file: object, language: Language) -> str:
        """``file:line: field: what is wrong. what would be right`` for a person."""
        wrong, right = (self.ja, self.do_ja) if language == "ja" else (self.en, self.do_en)
        where = f"{file}:{self.line}" if self.line else str(file)
        field = f" {self.field}:" if self.field else ""
        return f"{where}:{field} {wrong} → {right}"


class _WithProblems(InputError):
    """An error that carries a list of places."""

    def __init__(self, *, file: object, problems: Sequence[Problem]) -> None:
        self.file = str(file)
        self.problems = tuple(problems)
        super().__init__(file=file, count=len(self.problems))

    def text(self, language: Language) -> str:
        lines = [super().text(language), *(problem.text(self.file, language) for problem in self.problems)]
        return "\n  ".join(lines)

    def as_json(self) -> dict[str, object]:
        return super().as_json() | {"file": self.file, "problems": [asdict(p) for p in self.problems]}


class PolicyUnreadable(InputError):
    """The policy file cannot be read at all."""

    code = "MH100"
    exit_status = 20
    ja = "規則ファイル {file} を読めません（{why}）。パスと文字コード（UTF-8）を確かめてください。"
    en = "Cannot read the policy file {file} ({why}). Check its path and that it is UTF-8."


class PolicySyntax(_WithProblems):
    """The policy file is not TOML."""

    code = "MH101"
    exit_status = 21
    ja = "規則ファイル {file} は TOML として読めません。"
    en = "The policy file {file} is not TOML."


class PolicyInvalid(_WithProblems):
    """The policy file is TOML, but not a policy."""

    code = "MH102"
    exit_status = 22
    ja = "規則ファイル {file} に誤りが {count} 件あります。"
    en = "The policy file {file} has {count} mistake(s)."


class PolicyIncomplete(StateError):
    """An excerpt, or a policy with something unknown, cannot answer or start a live site."""

    code = "MH103"
    exit_status = 23
    ja = "規則 {policy} は完全ではありません（{what}）。実際の設置には、原文を最後まで読んで書き足してください。"
    en = "The policy {policy} is not complete ({what}). Read the rule to its end and complete it first."


class HolidaysUnknown(StateError):
    """Asked for a year whose Japanese holidays are not known."""

    code = "MH104"
    exit_status = 24
    ja = "{year} 年の祝日は分かりません（分かるのは {first} 年から {last} 年まで）。ソフトウェアを更新してください。"
    en = "The holidays of {year} are not known (known: {first} to {last}). Update the software."


class CalendarEntryInvalid(InputError):
    """A calendar entry of the site cannot be used."""

    code = "MH105"
    exit_status = 25
    ja = "臨時の開閉の記録 {entry} が正しくありません（{why_ja}）。"
    en = "The calendar entry {entry} is not acceptable ({why_en})."


class NoPolicyInForce(StateError):
    """No version of the rule is in force on the day asked for."""

    code = "MH106"
    exit_status = 26
    ja = "規則 {policy} には {day} に効力のある版がありません。有効期間を確かめてください。"
    en = "No version of the policy {policy} is in force on {day}. Check the validity dates."


class PolicyVersionsConflict(InputError):
    """Two versions of one rule contradict each other."""

    code = "MH107"
    exit_status = 27
    ja = "規則 {policy} の版が食い違っています（{why_ja}）。id・版・有効期間を確かめてください。"
    en = "The versions of the policy {policy} contradict each other ({why_en}). Check id, version and validity dates."


class UnknownSite(StateError):
    """The rule has no site of that name."""

    code = "MH108"
    exit_status = 28
    ja = "規則 {policy} に設置場所 {site} はありません（あるもの: {known}）。"
    en = "The policy {policy} has no site {site} (known: {known})."


class SiteUnreadable(InputError):
    """The site file cannot be read at all."""

    code = "MH150"
    exit_status = 30
    ja = "設備ファイル {file} を読めません（{why}）。パスと文字コード（UTF-8）を確かめてください。"
    en = "Cannot read the site file {file} ({why}). Check its path and that it is UTF-8."


class SiteSyntax(_WithProblems):
    """The site file is not TOML."""

    code = "MH151"
    exit_status = 31
    ja = "設備ファイル {file} は TOML として読めません。"
    en = "The site file {file} is not TOML."


class SiteInvalid(_WithProblems):
    """The site file is TOML, but does not describe a site."""

    code = "MH152"
    exit_status = 32
    ja = "設備ファイル {file} に誤りが {count} 件あります。"
    en = "The site file {file} has {count} mistake(s)."


class SecretsExposed(InputError):
    """Others can read the file of passwords."""

    code = "MH153"
    exit_status = 33
    ja = "{file} は他の利用者にも読めます（{mode}）。chmod 600 {file} を実行し、パスワードを変えてください。"
    en = "Others can read {file} ({mode}). Run: chmod 600 {file}, and change the passwords."


class SecretsUnusable(InputError):
    """The file of passwords is missing, broken, or lacks the name asked for."""

    code = "MH154"
    exit_status = 34
    ja = "{file} から「{name}」のパスワードを読めません（{why_ja}）。"
    en = "Cannot read the password {name} from {file} ({why_en})."
