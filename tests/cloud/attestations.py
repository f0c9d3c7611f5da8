"""Binary Authorization, with the key of Cloud KMS and the notes of Container Analysis that it lives on, on one port.

https://cloud.google.com/binary-authorization/docs/reference/rest, …/container-analysis/docs/reference/rest/v1 and
…/kms/docs/reference/rest/v1: signing a digest, adding an occurrence of a note, listing them. `admit` is what Cloud Run
asks before it makes a revision (`Services.admit`).
"""

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route

PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello"
TYPE = "Google cloud binauthz container signature"
PAGE_SIZE = 2
Json = dict[str, Any]


class Attestations(Serving):
    """A project whose policy wants the attestor `build`, which trusts one key; `occurrences` are what is stored."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.note = f"projects/{project}/notes/build"
        self.key = (
            f"projects/{project}/locations/europe-west1/keyRings/attestation/cryptoKeys/images/cryptoKeyVersions/1"
        )
        self.faults = Faults()
        self.occurrences: list[Json] = []
        self.refused: list[str] = []
        """The images that Cloud Run was not allowed to run."""
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def environment(self) -> dict[str, str]:
        """What points the verbs here."""
        return {"CLOUD_KMS_API_URL": self.url, "CONTAINER_ANALYSIS_API_URL": self.url}

    @property
    def attestor(self) -> Json:
        """What Terraform writes into deployment.json."""
        pem = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return {"enforced": True, "note": self.note, "keys": {f"//cloudkms.googleapis.com/v1/{self.key}": pem}}

    def make_app(self, cut: Cut) -> ASGIApp:
        routes = [
            route("/v1/{key:path}:asymmetricSign", "POST", self._sign, cut),
            route("/v1/projects/{project}/occurrences", "POST", self._create, cut),
            route("/v1/projects/{project}/notes/{note}/occurrences", "GET", self._list, cut),
        ]
        return Starlette(routes=routes)

    def attest(self, image: str, *, by: ec.EllipticCurvePrivateKey | None = None, stated: str = "") -> None:
        """Store an attestation of `registry/name@digest`; signed `by` another key, or `stated` of another digest."""
        name, _, digest = image.partition("@")
        critical = {"identity": {"docker-reference": name}, "type": TYPE}
        payload = json.dumps({"critical": {**critical, "image": {"docker-manifest-digest": stated or digest}}}).encode()
        signature = (by or self.private).sign(payload, ec.ECDSA(SHA256()))
        signatures = [{"publicKeyId": next(iter(self.attestor["keys"])), "signature": encode(signature)}]
        made = {"serializedPayload": encode(payload), "signatures": signatures}
        self.occurrences.append({"resourceUri": f"https://{image}", "noteName": self.note, "attestation": made})

    # --- what Cloud Run asks ----------------------------------------------------------------------------------

    def admit(self, image: str) -> str:
        """Why Cloud Run may not run an image; empty if it may."""
        if image.startswith(PLACEHOLDER) or any(self._is_good(each, image) for each in self.occurrences):
            return ""
        self.refused.append(image)
        return f"Container image '{image}' is not authorized by policy. No attestations found that were valid."

    def _is_good(self, occurrence: Json, image: str) -> bool:
        made = occurrence["attestation"]
        payload, digest = base64.b64decode(made["serializedPayload"]), image.partition("@")[2]
        critical = json.loads(payload)["critical"]
        if (critical["type"], critical["image"]["docker-manifest-digest"]) != (TYPE, digest):
            return False
        names = {f"//cloudkms.googleapis.com/v1/{self.key}"}
        signatures = [each["signature"] for each in made["signatures"] if each["publicKeyId"] in names]
        return occurrence["noteName"] == self.note and any(self._verifies(payload, each) for each in signatures)

    def _verifies(self, payload: bytes, signature: str) -> bool:
        try:
            self.private.public_key().verify(base64.b64decode(signature), payload, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    # --- Cloud KMS and Container Analysis ---------------------------------------------------------------------

    async def _sign(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        if request.path_params["key"] != self.key:
            raise ApiError(404, f"CryptoKeyVersion {request.path_params['key']} not found.")
        digest = base64.b64decode((await request.json())["digest"]["sha256"], validate=True)
        if len(digest) != SHA256.digest_size:
            raise ApiError(400, "digest.sha256 must have 32 bytes")
        signature = self.private.sign(digest, ec.ECDSA(Prehashed(SHA256())))
        return JSONResponse({"name": self.key, "signature": encode(signature)})

    async def _create(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        body = await request.json()
        if request.path_params["project"] != self.project or body["noteName"] != self.note:
            raise ApiError(403, 'permission "containeranalysis.occurrences.create" denied')
        if set(body) != {"resourceUri", "noteName", "attestation"} or not body["resourceUri"].startswith("https://"):
            raise ApiError(400, "Invalid occurrence")
        for text in [
            body["attestation"]["serializedPayload"],
            *(s["signature"] for s in body["attestation"]["signatures"]),
        ]:
            _check_base64(text)
        self.faults.begin_change("attest")
        made = {
            "name": f"projects/{self.project}/occurrences/{len(self.occurrences) + 1}",
            "kind": "ATTESTATION",
            **body,
        }
        self.occurrences.append(made)
        self.faults.end_change()
        return JSONResponse(made)

    async def _list(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        note = f"projects/{request.path_params['project']}/notes/{request.path_params['note']}"
        field, _, uri = request.query_params["filter"].partition("=")
        if note != self.note:
            raise ApiError(403, 'permission "containeranalysis.notes.listOccurrences" denied')
        if field != "resourceUrl":
            raise ApiError(400, f"no filter by {field}")
        found = [each for each in self.occurrences if each["resourceUri"] == uri.strip('"')]
        start = int(request.query_params.get("pageToken", "0"))
        end = start + PAGE_SIZE
        page: Json = {"occurrences": found[start:end]} if found[start:end] else {}
        return JSONResponse(page | ({"nextPageToken": str(end)} if end < len(found) else {}))


def encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _check_base64(text: str) -> None:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ApiError(400, "Invalid value: not base64") from error
