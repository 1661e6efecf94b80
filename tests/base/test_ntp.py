"""How far the clock can be believed."""

from __future__ import annotations

import time

import pytest

from mihariban.base.ntp import STA_UNSYNC, TIME_ERROR, KernelTime, TimeQuality, kernel_time, quality


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (KernelTime(0, 0x2001, 500), "synchronised"),
        (KernelTime(0, 0x2001, 2_000_000), "synchronised"),
        (KernelTime(0, 0x2001, 2_000_001), "holdover"),
        (KernelTime(0, 0x2001 | STA_UNSYNC, 500), "unknown"),
        (KernelTime(TIME_ERROR, 0x2001, 500), "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kernels_answer_decides(answer: KernelTime | None, expected: TimeQuality) -> None:
    """Synchronised, still good, or not to be relied on."""
    assert quality(lambda: answer) == expected


def test_the_kernel_is_read_and_not_set() -> None:
    """Asking twice changes nothing and gives sane values where there is a kernel that answers."""
    before = time.time() - time.monotonic()
    answer = kernel_time()
    if answer is None:
        pytest.skip("this kernel does not answer adjtimex")
    assert 0 <= answer.state <= TIME_ERROR
    assert 0 <= answer.max_error_us <= 16_000_001
    again = kernel_time()
    assert again is not None
    assert again.status == answer.status
    assert abs((time.time() - time.monotonic()) - before) < 0.05
