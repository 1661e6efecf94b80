"""The recorded room, filmed once; each test has its own copy, and its ledger must verify when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.office import OfficeSite, record_room


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site in which two visitors were filmed."""
    path = tmp_path_factory.mktemp("room") / "site"
    record_room(path)
    return path


Sites = Callable[..., OfficeSite]


@pytest.fixture
def sites(room: Path, tmp_path: Path) -> Iterator[Sites]:
    """Makes copies of the recorded site; the ledger of each must verify in the end."""
    made: list[OfficeSite] = []

    def make(**how: object) -> OfficeSite:
        made.append(OfficeSite(room, tmp_path / f"site-{len(made)}", **how))  # type: ignore[arg-type]  # passed on
        return made[-1]

    yield make
    for site in made:
        try:
            site.verified()
        finally:
            site.close()


@pytest.fixture
def site(sites: Sites) -> OfficeSite:
    """One copy of the recorded site."""
    return sites()
