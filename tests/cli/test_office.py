"""The certificate of the office's pages."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, SystemClock
from mihariban.cli.office import web_certificate
from mihariban.ledger.errors import LedgerMissing
from mihariban.recorder.api.tls import Files, issue, make_ca, role_of, still_good


def test_the_pages_have_a_certificate_of_the_site(tmp_path: Path) -> None:
    """Made once; anew where it lacks a name or is about to end; it gives its owner no role at a recorder."""
    folder, wall = tmp_path / "office" / "tls", SystemClock().wall()
    folder.mkdir(parents=True)
    with pytest.raises(LedgerMissing):
        web_certificate(tmp_path, "127.0.0.1")
    ca = make_ca(folder, name="x", wall=wall)
    certificate, key = web_certificate(tmp_path, "0.0.0.0")  # noqa: S104  # the address of all interfaces names no host
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert web_certificate(tmp_path, "127.0.0.1")[0].read_bytes() == first
    (tmp_path / "office" / "office.toml").write_text('hosts = ["office.example"]\n')
    assert web_certificate(tmp_path, "127.0.0.1")[0].read_bytes() != first
    files = Files(certificate, key)
    assert still_good(files, ["office.example"], wall)
    assert not still_good(files, ["office.example"], wall + 800 * DAY)
    issue(ca, folder, name="web", role="web", wall=wall, hosts=["localhost"], days=20)
    assert not still_good(files, ["localhost"], wall)
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    assert context.cert_store_stats()["x509_ca"] == 1
    assert role_of({"subjectAltName": (("URI", "urn:mihariban:role:web"),)}) == ""
