"""``mihariban ledger``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mihariban.cli.main import main
from mihariban.ledger.keys import KeyKind, Signer, parse_key
from mihariban.ledger.verify import verify
from tests.ledger.books import OFFICE, ORIGIN, close, cosigned_export, fill, new_book


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["ledger", *map(str, arguments)])
    return int(str(stopped.value.code))


def test_checkpoint_verify_cosign_and_a_changed_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A site's ledger is signed, exported, cosigned on a laptop, verified; a changed byte is exit 1."""
    room = tmp_path / "site" / "recorder"
    room.mkdir(parents=True)
    signer = Signer.create(room / "ledger.key", ORIGIN, KeyKind.LOG)
    book = new_book(room / "control.db", signer)
    fill(book, 300)
    close(book)
    assert _run("verify", tmp_path / "site") == 78
    assert _run("checkpoint", tmp_path / "site", "--export", tmp_path / "copy") == 0
    assert f"key: {signer.public.text()}" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "copy").iterdir()} >= {"verify_ledger.py", "README.txt", "keys", "tile"}
    for path in (tmp_path / "site", room, room / "ledger", tmp_path / "copy"):
        assert _run("verify", path, "--key", signer.public.text(), "--contents") == 0
    secret = tmp_path / "laptop.key"
    assert _run("cosign", tmp_path / "copy", "--secret", secret, "--new", "audit.example/laptop") == 0
    assert _run("cosign", tmp_path / "copy", "--secret", secret) == 0
    capsys.readouterr()
    assert _run("verify", tmp_path / "copy", "--json") == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["verified"], facts["size"], facts["origin"]) == (True, 300, ORIGIN)
    laptop = parse_key(facts["cosigned"][0]["key"])
    assert verify(tmp_path / "copy", cosigners=[laptop]).cosigned[laptop][0] == 300
    bundle = tmp_path / "copy/tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"cam1", b"cam2", 1))
    assert _run("verify", tmp_path / "copy") == 1
    assert "NOT VERIFIED" in capsys.readouterr().out
    assert _run("verify", tmp_path / "copy", "--json") == 1
    assert json.loads(capsys.readouterr().out)[0]["error"]["code"] == "MH406"
    assert _run("cosign", tmp_path / "copy", "--secret", secret) == 75
    assert _run("checkpoint", tmp_path / "copy") == 78


def test_an_export_of_a_site_carries_every_room_and_who_cosigned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without naming cosigners again; nothing is written over."""
    site, copy = tmp_path / "site", tmp_path / "copy"
    for name, database in (("recorder", "control.db"), ("office", "office.db")):
        (site / name).mkdir(parents=True)
        signer = Signer.create(site / name / "ledger.key", f"test.example/{name}", KeyKind.LOG)
        book = new_book(site / name / database, signer)
        fill(book, 5)
        cosigned_export(book, tmp_path / f"first-{name}")
        (tmp_path / f"first-{name}").rename(site / name / "ledger")
        close(book)
    assert _run("checkpoint", site, "--export", copy) == 0
    capsys.readouterr()
    for name in ("recorder", "office"):
        assert _run("verify", copy / name, "--json", "--cosigner", OFFICE.public.text()) == 0
        (facts,) = json.loads(capsys.readouterr().out)
        assert facts["cosigned"][0]["key"] == OFFICE.public.text()
    assert _run("checkpoint", site, "--export", copy) == 2
    assert "exists" in capsys.readouterr().err
    assert _run("verify", copy / "office", "--old", tmp_path) == 2
