"""Settings for tools that want a settings module: mypy, makemigrations, the tests. DIR is MIHARIBAN_DIR, or a folder
that is gone when the process ends."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mihariban.office.web.config import OfficeConfig
from mihariban.office.web.settings import settings_for

_folder = os.environ.get("MIHARIBAN_DIR")
if _folder is None:
    _folder = tempfile.mkdtemp(prefix="mihariban-office-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

_made = settings_for(Path(_folder) / "office")
globals().update(_made)
OFFICE_FOLDER: Path = _made["OFFICE_FOLDER"]  # our own settings by name, for mypy
OFFICE_CONFIG: OfficeConfig = _made["OFFICE_CONFIG"]
# A file, as in earnest: a database in memory is not shared between a server's threads as a file is.
globals()["DATABASES"]["default"]["TEST"] = (
    {} if "postgresql" in globals()["DATABASES"]["default"]["ENGINE"] else {"NAME": str(Path(_folder) / "test.db")}
)
