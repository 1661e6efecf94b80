"""tools/frontend: only the known bytes, only the named files, and clear words where it cannot fetch."""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "frontend"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("frontend_tool", str(TOOL))
    spec = importlib.util.spec_from_loader("frontend_tool", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def _archive(path: Path, files: dict[str, bytes]) -> dict[str, Any]:
    """An archive as npm packs it, and its entry in the manifest."""
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    wanted = {"a.css": "a.css", "files/*.woff2": "files/", "LICENSE": "LICENSE"}
    return {
        "name": "x", "version": "1.0.0", "sha512": hashlib.sha512(path.read_bytes()).hexdigest(), "licence": "MIT",
        "folder": "x", "files": wanted,
    }  # fmt: skip


FILES = {"a.css": b"a", "files/f.woff2": b"f", "LICENSE": b"l", "b.js": b"no", "files/../../../evil.woff2": b"no"}


def test_only_the_named_files_are_unpacked(tool: ModuleType, tmp_path: Path) -> None:
    """And none that climbs out of its folder."""
    package = _archive(tmp_path / "x.tgz", FILES)
    tool.check(tmp_path / "x.tgz", package)
    assert tool.unpack(tmp_path / "x.tgz", package, tmp_path / "out") == 3
    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert found == ["LICENSE", "a.css", "files/f.woff2"]
    assert not (tmp_path.parent / "evil.woff2").exists()


def test_other_bytes_are_refused(tool: ModuleType, tmp_path: Path) -> None:
    """Whatever they are."""
    package = _archive(tmp_path / "x.tgz", FILES)
    with (tmp_path / "x.tgz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(SystemExit, match="nothing was unpacked"):
        tool.check(tmp_path / "x.tgz", package)


def test_a_package_without_its_licence_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    """The manifest names what must be there."""
    package = _archive(tmp_path / "x.tgz", {"a.css": b"a", "files/f.woff2": b"f"})
    with pytest.raises(SystemExit, match="lacks a file"):
        tool.unpack(tmp_path / "x.tgz", package, tmp_path / "out")


def test_without_npm_it_says_what_follows_and_goes_on(tmp_path: Path) -> None:
    """Set-up must not fail on a machine without it."""
    done = subprocess.run(
        [sys.executable, str(TOOL), "--into", str(tmp_path / "vendor")],
        capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0
    assert "npm is not installed" in done.stderr and "system's fonts" in done.stderr
    assert not (tmp_path / "vendor").exists()


def test_the_manifest_names_versions_hashes_and_licences() -> None:
    """Each package carries its licence file."""
    for package in json.loads(TOOL.with_name("frontend.json").read_text()):
        assert len(package["sha512"]) == 128
        assert package["licence"] and "LICENSE" in package["files"]
        assert package["version"].count(".") == 2
