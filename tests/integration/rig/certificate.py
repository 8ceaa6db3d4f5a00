"""A company's own certificate authority, and what it has signed for this computer."""

import base64
import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """Files in PEM, and how Chromium is told to trust this one certificate alone.

    Attributes:
        authority: what customers' computers have to know.
        chain: the server's certificate.
        key: its private key.
        pin: base64 of the SHA-256 of its public key (SubjectPublicKeyInfo).
    """

    authority: Path
    chain: Path
    key: Path
    pin: str

    @classmethod
    def made(cls, folder: Path) -> Self:
        """Make an authority and a certificate for localhost and 127.0.0.1, good for a day."""
        folder.mkdir(parents=True)
        company_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        company = _signed("Example GmbH CA", company_key, "Example GmbH CA", company_key, None)
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        server = _signed("localhost", key, "Example GmbH CA", company_key, names)
        files = cls(
            folder / "authority.pem",
            folder / "fullchain.pem",
            folder / "privkey.pem",
            base64.b64encode(
                hashlib.sha256(
                    key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
                ).digest()
            ).decode(),
        )
        files.authority.write_bytes(company.public_bytes(Encoding.PEM))
        files.chain.write_bytes(server.public_bytes(Encoding.PEM))
        files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    names: x509.SubjectAlternativeName | None,
) -> x509.Certificate:
    """Return a certificate; one without `names` is an authority's."""
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
