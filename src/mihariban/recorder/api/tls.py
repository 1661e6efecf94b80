"""Mutual TLS between recorder and office: a small CA of the site, made at init, and certificates that carry a role.

TLS 1.3 only, P-256 keys. The CA's key is needed at init and for renewal alone; it may be kept apart.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mihariban.base.clock import HOUR, to_datetime
from mihariban.base.files import write_private
from mihariban.recorder.contract.errors import RecorderUnavailable

Role = Literal["office", "auditor", "monitor", "recorder", "web"]
"""Whose certificate. Office: everything; auditor: facts and entries; monitor: figures; web: the office's own pages."""

_ROLE = "urn:mihariban:role:"
_SERVERS = ("recorder", "web")
_DAYS = 825
_RENEW = 30 * 24 * HOUR


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


def make_ca(folder: Path, *, name: str, wall: int, days: int = 3650) -> Files:
    """A new CA in ``folder``: ``ca.pem``, and ``ca.key`` (0600).

    Args:
        name: of the site. wall: the present, ns since 1970 UTC.

    Raises:
        FileExistsError: there is one already.
    """
    files = Files(folder / "ca.pem", folder / "ca.key")
    if files.key.exists():
        raise FileExistsError(files.key)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"{name} CA")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    made = (
        _builder(subject, subject, key, key, wall, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return _write(files, made.sign(key, hashes.SHA256()), key)


def issue(
    ca: Files, folder: Path, *, name: str, role: Role, wall: int, hosts: Sequence[str] = (), days: int = _DAYS
) -> Files:
    """A certificate of the CA, ``<name>.pem`` and ``<name>.key`` (0600) in ``folder``; one that is there is replaced.

    Args:
        role: what its owner may do; a recorder's and the pages' are for serving, the others for calling.
        hosts: host names and addresses under which a server is called.
        wall: the present, ns since 1970 UTC.
    """
    ca_key = serialization.load_pem_private_key(ca.key.read_bytes(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the CA's key is not on a curve")
    issuer = x509.load_pem_x509_certificate(ca.certificate.read_bytes()).subject
    key = ec.generate_private_key(ec.SECP256R1())
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if role in _SERVERS else ExtendedKeyUsageOID.CLIENT_AUTH
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(_ROLE + role), *map(_host, hosts)]
    made = (
        _builder(_name(name), issuer, key, ca_key, wall, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return _write(Files(folder / f"{name}.pem", folder / f"{name}.key"), made.sign(ca_key, hashes.SHA256()), key)


def still_good(files: Files, hosts: Sequence[str], wall: int) -> bool:
    """Whether a certificate is there, names all of ``hosts``, and lasts for another 30 days from ``wall``."""
    if not files.certificate.exists() or not files.key.exists():
        return False
    found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(_host, hosts)) <= set(names) and found.not_valid_after_utc > to_datetime(wall + _RENEW)


def lay_certificates(recorder: Path, office: Path, *, name: str, wall: int, hosts: Sequence[str]) -> None:
    """A CA of the site and certificates for recorder and office, for when they stand apart. The CA's key stays with the
    office.

    Args:
        recorder, office: folders ``tls`` of the two; made where they are not there.
        hosts: names and addresses under which the recorder is called.

    Raises:
        FileExistsError: there is a CA already.
    """
    for folder in (recorder, office):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca = make_ca(office, name=name, wall=wall)
    issue(ca, office, name="office", role="office", wall=wall)
    issue(ca, recorder, name="recorder", role="recorder", wall=wall, hosts=hosts)
    (recorder / "ca.pem").write_bytes(ca.certificate.read_bytes())


def server_context(own: Files, ca: Path) -> ssl.SSLContext:
    """What the recorder serves with: TLS 1.3, and a client's certificate of ``ca`` is required.

    Raises:
        RecorderUnavailable: a file is missing or damaged.
    """
    return _context(ssl.PROTOCOL_TLS_SERVER, own, ca)


def client_context(own: Files, ca: Path) -> ssl.SSLContext:
    """What a caller connects with.

    Raises:
        RecorderUnavailable: a file is missing or damaged.
    """
    return _context(ssl.PROTOCOL_TLS_CLIENT, own, ca)


def role_of(certificate: Mapping[str, Any]) -> str:
    """The role in a verified client certificate (as ``getpeercert`` gives it); empty where it carries none, or two."""
    names = certificate.get("subjectAltName", ())
    found = [text.removeprefix(_ROLE) for kind, text in names if kind == "URI" and text.startswith(_ROLE)]
    return found[0] if len(found) == 1 and found[0] in ("office", "auditor", "monitor") else ""


def _context(protocol: int, own: Files, ca: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(own.certificate, own.key)
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as error:
        raise RecorderUnavailable(address=own.certificate.name, why=f"certificate: {error.strerror}") from error
    return context


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    wall: int,
    days: int,
) -> x509.CertificateBuilder:
    now = to_datetime(wall)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(to_datetime(wall - HOUR))  # clocks differ
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write(files: Files, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Files:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(files.key, pem)
    write_private(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    files.certificate.chmod(0o644)  # public
    return files
