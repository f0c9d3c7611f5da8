"""A local Sigstore: its own authority and logs sign images as a workflow on GitHub would have them signed.

    sigstore = Sigstore()
    context = Context(…, signing_keys=sigstore.write_keys(folder / "trusted_root.json"))
    bundle = sigstore.sign(digest, Built(commit="…"))

The signatures are real ones and are verified by the same code as production's. Formats: Fulcio's certificate
(https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md), RFC 6962 (the certificate's timestamp, the log's tree),
Rekor's entry of the kind dsse 0.0.1, the bundle 0.3 of sigstore/protobuf-specs.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
STATEMENT = "application/vnd.in-toto+json"
GITHUB = "https://github.com/"
LOG_NAME = "rekor.example"
ECDSA = ec.ECDSA(hashes.SHA256())
TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


@dataclass(frozen=True)
class Built:
    """What GitHub's token says about the job that signs."""

    commit: str = "c" * 40
    ref: str = "refs/heads/staging"
    workflow: str = ".github/workflows/build-release.yml"
    repository: str = "acme/nanobanana"
    workflow_repository: str = "acme/nanobanana"
    """Whose the workflow is: a reusable one may be another repository's."""
    repository_id: str = "100000001"
    issuer: str = "https://token.actions.githubusercontent.com"
    runner: str = "github-hosted"
    predicate: str = "https://slsa.dev/provenance/v1"

    @property
    def signer(self) -> str:
        return f"{GITHUB}{self.workflow_repository}/{self.workflow}@{self.ref}"

    def list_extensions(self) -> dict[int, str]:
        """Fulcio's extensions, by the last number of their identifiers."""
        repository = f"{GITHUB}{self.repository}"
        numbers = {8: self.issuer, 9: self.signer, 11: self.runner, 12: repository, 13: self.commit, 14: self.ref}
        return numbers | {15: self.repository_id}


class Sigstore:
    """An authority for certificates, a log of them, and a log of signatures."""

    def __init__(self) -> None:
        self._authority, self._certificate_log, self._signature_log = (make_key() for _ in range(3))
        self._root = self._make_root()

    def write_keys(self, path: Path) -> Path:
        """The public keys, as a file of Sigstore's format `TrustedRoot`."""
        valid = {"start": BEGIN.strftime("%Y-%m-%dT%H:%M:%SZ")}
        chain = {"certificates": [{"rawBytes": encode(self._root.public_bytes(Encoding.DER))}]}
        authority = {"subject": {"organization": "test", "commonName": "test"}, "uri": "https://fulcio.example"}
        found = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [describe_log(f"https://{LOG_NAME}", self._signature_log, valid)],
            "certificateAuthorities": [{**authority, "certChain": chain, "validFor": valid}],
            "ctlogs": [describe_log("https://ctfe.example", self._certificate_log, valid)],
            "timestampAuthorities": [],
        }
        path.write_text(json.dumps(found))
        return path

    def sign(self, digest: str, built: Built) -> str:
        """A bundle that attests an image's digest, as text."""
        return self.sign_all({"nanobanana": digest}, built)

    def sign_all(self, digests: Mapping[str, str], built: Built) -> str:
        """One bundle over several things: name → digest."""
        key = make_key()
        certificate = self._certify(key, built)
        subjects = [
            {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}} for name, digest in digests.items()
        ]
        statement = {"_type": "https://in-toto.io/Statement/v1", "subject": subjects}
        payload = json.dumps({**statement, "predicateType": built.predicate, "predicate": {}}).encode()
        signature = key.sign(encode_for_signing(payload), ECDSA)
        body = describe_entry(payload, signature, certificate)
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {
                    "certificate": {"rawBytes": encode(certificate.public_bytes(Encoding.DER))},
                    "tlogEntries": [self._log(body)],
                    "timestampVerificationData": {"rfc3161Timestamps": []},
                },
                "dsseEnvelope": {
                    "payload": encode(payload),
                    "payloadType": STATEMENT,
                    "signatures": [{"sig": encode(signature), "keyid": ""}],
                },
            }
        )

    # --- the authority ----------------------------------------------------------------------------------------

    def _make_root(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        public = self._authority.public_key()
        builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=public, serial_number=1)
        builder = builder.not_valid_before(BEGIN).not_valid_after(BEGIN + timedelta(days=36500))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(make_usage(signs_certificates=True), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        return builder.sign(self._authority, hashes.SHA256())

    def _certify(self, key: ec.EllipticCurvePrivateKey, built: Built) -> x509.Certificate:
        """A certificate of ten minutes, with the log's timestamp in it."""
        issuer, nobody = self._root.subject, x509.Name([])
        builder = x509.CertificateBuilder(issuer, nobody, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(AT).not_valid_after(AT + timedelta(minutes=10))
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(built.signer)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.public_key())
        builder = builder.add_extension(make_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(names, critical=True).add_extension(usage, critical=False)
        builder = builder.add_extension(authority, critical=False)
        for number, text in built.list_extensions().items():
            oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, asn1.encode_der(text)), critical=False)
        before = builder.sign(self._authority, hashes.SHA256()).tbs_certificate_bytes
        timestamp = x509.UnrecognizedExtension(TIMESTAMPS, asn1.encode_der(self._stamp(before)))
        return builder.add_extension(timestamp, critical=False).sign(self._authority, hashes.SHA256())

    def _stamp(self, certificate: bytes) -> bytes:
        """RFC 6962, 3.2 and 3.3: one signed timestamp of a certificate that has none yet."""
        milliseconds = int(AT.timestamp() * 1000)
        entry = hash_key(self._authority) + struct.pack("!I", len(certificate))[1:] + certificate
        signed = struct.pack("!BBQH", 0, 0, milliseconds, 1) + entry + struct.pack("!H", 0)
        signature = self._certificate_log.sign(signed, ECDSA)
        head = struct.pack("!B32sQH", 0, hash_key(self._certificate_log), milliseconds, 0)
        one = head + struct.pack("!BBH", 4, 3, len(signature)) + signature  # SHA-256 with ECDSA
        return struct.pack("!HH", len(one) + 2, len(one)) + one

    # --- the log of signatures --------------------------------------------------------------------------------

    def _log(self, body: bytes) -> dict[str, Any]:
        """An entry of a log that has no other: its tree is one leaf."""
        root = hashlib.sha256(b"\0" + body).digest()
        log_id, seconds = hash_key(self._signature_log), int(AT.timestamp())
        facts: dict[str, Any] = {"body": encode(body), "integratedTime": seconds}
        facts |= {"logID": log_id.hex(), "logIndex": 0}
        promise = self._signature_log.sign(rfc8785.dumps(facts), ECDSA)
        note = f"{LOG_NAME} - 1\n1\n{encode(root)}\n"
        signature = encode(log_id[:4] + self._signature_log.sign(note.encode(), ECDSA))
        return {
            "logIndex": "0",
            "logId": {"keyId": encode(log_id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(seconds),
            "inclusionPromise": {"signedEntryTimestamp": encode(promise)},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": encode(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\u2014 {LOG_NAME} {signature}\n"},
            },
            "canonicalizedBody": encode(body),
        }


def make_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def hash_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def make_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    others = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    only = dict.fromkeys(("encipher_only", "decipher_only"), False)
    kinds = {"key_cert_sign": signs_certificates, "crl_sign": signs_certificates}
    return x509.KeyUsage(digital_signature=not signs_certificates, **others, **kinds, **only)


def describe_log(url: str, key: ec.EllipticCurvePrivateKey, valid: dict[str, str]) -> dict[str, Any]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    described = {"rawBytes": encode(public), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid}
    about = {"baseUrl": url, "hashAlgorithm": "SHA2_256", "logId": {"keyId": encode(hash_key(key))}}
    return {**about, "publicKey": described}


def describe_entry(payload: bytes, signature: bytes, certificate: x509.Certificate) -> bytes:
    """What the log keeps of a signed statement."""
    signed = {"signature": encode(signature), "verifier": encode(certificate.public_bytes(Encoding.PEM))}
    payload_hash = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
    spec = {"envelopeHash": payload_hash, "payloadHash": payload_hash, "signatures": [signed]}
    entry: dict[str, Any] = {"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}
    return rfc8785.dumps(entry)


def encode_for_signing(payload: bytes) -> bytes:
    """DSSE's encoding of what is signed."""
    return f"DSSEv1 {len(STATEMENT)} {STATEMENT} {len(payload)} ".encode() + payload


def encode(content: bytes) -> str:
    return base64.b64encode(content).decode()
