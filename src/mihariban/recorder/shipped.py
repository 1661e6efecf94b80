"""Files that come with the product."""

from __future__ import annotations

from pathlib import Path

from mihariban.recorder.errors import NotASite


def saga_policy() -> Path:
    """Saga City's rule, from the repository or the folder the product was started in.

    Raises:
        NotASite: it is in neither.
    """
    for root in (Path(__file__).parents[3], Path.cwd()):
        path = root / "policies" / "saga-kiosk-2016.toml"
        if path.exists():
            return path
    raise NotASite(folder=Path.cwd(), missing="policies/saga-kiosk-2016.toml", why="not there")
