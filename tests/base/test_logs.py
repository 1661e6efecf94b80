"""What an unforeseen error leaves in a log."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_SCRIPT = """
import structlog
from mihariban.base.logs import log_to_stderr
from mihariban.volume.page import Entry

log_to_stderr(lines=LINES)

def deed(name, entry):
    secret = entry.key
    raise RuntimeError(f"{name} {secret.hex()}")

try:
    deed("見本 太郎", Entry(key=bytes(range(100, 132))))
except RuntimeError as error:
    structlog.get_logger("x").exception("a deed failed", kind=type(error).__name__)
    structlog.get_logger("x").error("again", exc_info=error)
structlog.get_logger("x").error("an entry", entry=Entry(key=bytes(range(100, 132))))
"""


@pytest.mark.parametrize("lines", [False, True], ids=["for eyes", "as lines"])
def test_an_exception_is_told_without_message_and_values(lines: bool) -> None:
    """Key, name and message are not there; kind and places are."""
    script = _SCRIPT.replace("LINES", str(lines))
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    key = bytes(range(100, 132))
    assert not [each for each in ("見本", key.hex()[:8], "defgh") if each in done.stderr]
    assert done.stderr.count("RuntimeError") >= 2
    assert "<string>:10" in done.stderr
    if lines:
        events = [json.loads(line) for line in done.stderr.splitlines()]
        assert events[0]["error"] == events[1]["error"] == "RuntimeError"
        assert events[0]["event"] == "a deed failed"
