# a mistake and what would be right are read side by side
from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mihariban.policy import load_policy, parse_policy, require_complete
from mihariban.policy.errors import PolicyIncomplete, PolicyInvalid, PolicySyntax, PolicyUnreadable
from mihariban.policy.source import covers
from tests.policy.rules import POLICIES, SAGA, SAGA_FILE, saga_file_with, saga_with

MISTAKES = [
    # old, new, field, Japanese word, what would be right (English)
    ("[retention]", "[retentoin]", "retentoin", "という項目はありません", 'did you mean "retention"'),
    ("amount = 5760", "amuont = 5760", "retention.amuont", "という項目", 'did you mean "amount"'),
    ("amount = 5760", "zzz = 1\namount = 5760", "retention.zzz", "という項目", "known names: amount, basis"),
    ("amount = 5760", 'amount = "5760"', "retention.amount", "整数ではありません", "a whole number"),
    ("amount = 5760", "amount = true", "retention.amount", "整数ではありません", "a whole number"),
    ("amount = 5760", "amount = 0", "retention.amount", "範囲外", "a number > 0"),
    ("amount = 5760", "amount = 999999", "retention.amount", "百年", "the number or the unit"),
    ('unit = "hour"', 'unit = "hours"', "retention.unit", "使えません", 'did you mean "hour"'),
    ('unit = "hour"', 'unit = "minimum_necessary"', "retention.amount", "数がありません", "own_amount"),
    ("pre_roll_s = 3.0", "pre_roll_s = -1", "capture.pre_roll_s", "範囲外", ">= 0"),
    ("effective_from = 2016-01-22\napplies", 'effective_from = "2016-01-22"\napplies', "effective_from", "日付", "2016-01-22"),
    ("two_person = false", 'two_person = "no"', "erasure.two_person", "true か false", "true or false"),
    ('who = ["manager", "operator"]', 'who = "manager"', "viewing.who", "配列", "an array"),
    ('manager = { post_ja = "市民生活課長" }', "manager = {}", "roles.manager.post_ja", "必要な項目", "The post"),
    ('who = ["manager", "operator"]', 'who = ["manager", "oprator"]', "viewing.who[1]", "使えません", '"operator"'),
    ('"17:15"', '"17.15"', "operation.kiosk_hours[0].close", "時刻ではありません", '"HH:MM"'),
    ('open = "09:00"', 'open = "16:00"', "operation.kiosk_hours[2].close", "後ではありません", "two rows"),
    ('open = "08:30", close = "19:00"', 'open = "22:00", close = "02:00"', "operation.kiosk_hours[1].close", "後では", "24:00"),
    ('["MON", "WED"', '["MON", "TUE", "WED"', "operation.kiosk_hours", "重なっています", "separate them"),
    ('closed = ["SAT",', 'closed = ["SUN",', "operation.kiosk_hours", "両方", "one of the two"),
    ('year_end = { first = "12-29", last = "01-03" }\n', "", "operation.closed", "期間がありません", "operation.year_end"),
    ('first = "12-29"', 'first = "12-32"', "operation.year_end.first", "月日", '"MM-DD"'),
    ('id = "saga-kiosk-2016"', 'id = "Saga Kiosk"', "id", "識別名", "lower-case"),
    ('camera_hours = "same_as_kiosk"', 'camera_hours = "table"', "operation.camera_hours", "表がありません", "camera_table"),
    ("effective_from = 2016-01-22\napplies", "effective_from = 2016-01-22\neffective_to = 2015-01-01\napplies", "effective_to", "より前", "correct one"),
    ('"retention.amount", "retention.unit"', '"retention.unit"', "retention.amount", "根拠がありません", 'reading = "ours"'),
    ('"retention.amount", ', '"retention.amount", "retention.amout", ', "source[43]", "このファイルにありません", 'did you mean "retention.amount"'),
    ('article = "第5条第3項"', 'article = "第50条"', "source[14]", "という条はありません", "第5条"),
    ('article = "第5条第3項"\n', "", "source[14]", "条がありません", "第10条第1項第2号"),
    ("amount = 5760\n", "", "retention.amount", "不明とも記されていません", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "field", "wrong", "right"), MISTAKES, ids=[f"{m[2]}-{m[1][:12]}" for m in MISTAKES]
)
def test_a_mistake_is_said_with_line_field_and_what_would_be_right(
    tmp_path: Path, old: str, new: str, field: str, wrong: str, right: str
) -> None:
    """In both languages, at the line where it stands."""
    path = saga_file_with(tmp_path, (old, new))
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(path)
    problems = [
        p for p in caught.value.problems if p.field == field or (field[:6] == "source" and p.field[:6] == "source")
    ]
    assert problems, caught.value
    problem = next((p for p in problems if right in p.do_en), problems[0])
    assert wrong in problem.ja
    assert right in problem.do_en
    assert f"{path}:{problem.line}: " in caught.value.text("en")
    lines = path.read_text(encoding="utf-8").splitlines()
    if new and not problem.field.startswith("source"):
        assert 1 <= problem.line <= len(lines)
        last = problem.field.split(".")[-1].split("[")[0]
        near = "\n".join(lines[problem.line - 1 : problem.line + 1])
        assert last in near or new.splitlines()[0] in near or "[roles]" in near or "manager" in near


def test_the_line_is_the_mistakes_own(tmp_path: Path) -> None:
    """Found by looking, not by the locator."""
    path = saga_file_with(tmp_path, ("amount = 5760", "amuont = 5760"))
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(path)
    line = path.read_text(encoding="utf-8").splitlines().index("amuont = 5760") + 1
    assert line in {problem.line for problem in caught.value.problems}
    assert caught.value.as_json()["problems"]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """A person mends them in one go."""
    changes = (("two_person = false", "two_person = 1"), ("pre_roll_s = 3.0", 'pre_roll_s = "x"'))
    with pytest.raises(PolicyInvalid) as caught:
        saga_with(tmp_path, *changes)
    assert [problem.field for problem in caught.value.problems] == ["capture.pre_roll_s", "erasure.two_person"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = "x\nb = 1', 1),
        ("a = 1\n[b\nc = 2", 2),
        ("a = 1\na = 2", 2),
        ("a = [1,\n2", 2),
        ("x", 1),
        ("[a]\n[a]\n", 2),
    ],
)
def test_broken_toml_is_said_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """Unclosed strings and brackets, keys given twice."""
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicySyntax) as caught:
        load_policy(path)
    assert caught.value.problems[0].line == line


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, a folder, or not UTF-8."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b'a = "\xff"')
    for path in (tmp_path / "none.toml", tmp_path, binary):
        with pytest.raises(PolicyUnreadable, match=path.name):
            load_policy(path)


def test_windows_line_ends_and_a_mark_at_the_beginning_are_taken(tmp_path: Path) -> None:
    """As editors on other systems write them."""
    path = tmp_path / "policy.toml"
    text = SAGA_FILE.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_policy(path).policy == SAGA


def test_an_empty_file_names_what_is_missing(tmp_path: Path) -> None:
    """Not a traceback."""
    path = tmp_path / "empty.toml"
    path.write_text("")
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(path)
    assert {"id", "title_ja", "source"} <= {problem.field for problem in caught.value.problems}


def test_the_loaded_policy_carries_its_text_and_hash() -> None:
    """What was approved can be shown again."""
    loaded = load_policy(SAGA_FILE)
    assert loaded.text == SAGA_FILE.read_text(encoding="utf-8")
    assert loaded.sha256 == hashlib.sha256(SAGA_FILE.read_bytes()).hexdigest()
    assert [finding.code for finding in loaded.findings] == ["capacity-hint"]
    assert loaded.text.splitlines()[loaded.findings[0].line - 1] == "capacity_hint_hours = 1920"


def test_saga_holds_every_article_and_the_paper() -> None:
    """Twelve articles, the title and the supplementary provision; every article but the last is the origin of something."""
    numbers = [article.number_ja for article in SAGA.article]
    assert numbers == ["題名", *(f"第{n}条" for n in range(1, 13)), "附則"]
    clauses = [source.article or "" for source in SAGA.source if source.reading == "rule"]
    for number in numbers:
        used = any(clause == number or clause.startswith((number + "第",)) for clause in clauses)
        assert used == (number != "第12条"), number
    papers = {source.article for source in SAGA.source if source.reading == "consultation"}
    assert {"諮問書5(3)", "諮問書5(4)", "諮問書5(6)", "諮問書6"} <= papers
    require_complete(SAGA)


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.toml")), ids=lambda path: path.stem)
def test_only_a_complete_policy_starts_a_live_site(path: Path) -> None:
    """Saga does; every excerpt is refused and has something unknown."""
    policy = load_policy(path).policy
    assert policy.id == path.stem
    if policy == SAGA:
        return
    assert any(source.reading == "unknown" for source in policy.source)
    with pytest.raises(PolicyIncomplete, match=policy.id):
        require_complete(policy)


def test_a_policy_with_something_unknown_is_refused_too(tmp_path: Path) -> None:
    """Taking away the word excerpt is not enough."""
    rule = saga_with(
        tmp_path,
        ("is_also_minimum = true\n", ""),
        ('"retention.is_also_minimum",', ""),
        ("[[source]]\narticle = \"題名\"", '[[source]]\nreading = "unknown"\nfields = ["retention.is_also_minimum"]\n\n[[source]]\narticle = "題名"'),
    )  # fmt: skip
    assert "unknown-value" in {finding.code for finding in rule.findings}
    with pytest.raises(PolicyIncomplete, match=r"retention\.is_also_minimum"):
        require_complete(rule.policy)


def test_an_unknown_value_cannot_be_given(tmp_path: Path) -> None:
    """A source that says unknown contradicts a value, and must name a field that exists."""
    for field, word in (("retention.amount", "has a value"), ("retention.amuont", "not in this file")):
        text = f'[[source]]\nreading = "unknown"\nfields = ["{field}"]\n\n[[source]]\narticle = "題名"'
        with pytest.raises(PolicyInvalid, match=word):
            saga_with(tmp_path, ('[[source]]\narticle = "題名"', text))


def test_the_closest_source_speaks() -> None:
    """A value's own source goes before its table's; two of the same depth both speak."""
    assert {source.article for source in SAGA.sources_of("operation.kiosk_hours.0.open")} == {
        "第4条第1項",
        "諮問書5(3)",
    }
    assert [source.reading for source in SAGA.sources_of("roles.operators.min_count")] == ["ours"]
    assert [source.article for source in SAGA.sources_of("roles.operators.designation")] == ["第7条"]
    assert SAGA.sources_of("no.such") == ()
    assert covers("retention", "retention.amount")
    assert not covers("retention", "retention_place")


def test_the_law_changes_with_the_date() -> None:
    """The ordinance until March 2023, the Act from April."""
    from datetime import date

    frames = [SAGA.law_on(date(2023, 3, 31)), SAGA.law_on(date(2023, 4, 1)), SAGA.law_on(date(2010, 1, 1))]
    assert [frame.law_ja if frame else None for frame in frames] == [
        "佐賀市個人情報保護条例",
        "個人情報の保護に関する法律",
        None,
    ]


def test_a_text_that_is_in_no_file_is_read_alike() -> None:
    """As somebody typed it: the same rule, the same hash, the same line of a mistake."""
    text, filed = SAGA_FILE.read_text(encoding="utf-8"), load_policy(SAGA_FILE)
    typed = parse_policy(text.replace("\n", "\r\n"), Path("typed.toml"))
    assert (typed.policy, typed.sha256, typed.path) == (filed.policy, filed.sha256, Path("typed.toml"))
    with pytest.raises(PolicyInvalid) as error:
        parse_policy(text.replace("amount = 5760", 'amount = "long"'), Path("typed.toml"))
    assert error.value.problems[0].line == text[: text.index("amount = 5760")].count("\n") + 1
