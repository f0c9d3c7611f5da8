"""Google's own attestations of an image (Binary Authorization), without which Cloud Run makes no revision of it.

One is a signature of Cloud KMS over the image's digest, kept by Container Analysis under the attestor's note. The job
`attest` of build-release makes it after it has verified what built the image; no other account may use the key.

https://cloud.google.com/binary-authorization/docs/making-attestations,
https://cloud.google.com/container-analysis/docs/reference/rest/v1/projects.occurrences
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from infra.deploy.api import Api
from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.deployment import Attestor, Deployment
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.google_login import google_token

ANALYSIS_URL = "https://containeranalysis.googleapis.com"
ANALYSIS_VARIABLE = "CONTAINER_ANALYSIS_API_URL"
KMS_URL = "https://cloudkms.googleapis.com"
KMS_VARIABLE = "CLOUD_KMS_API_URL"
KMS_NAME = "//cloudkms.googleapis.com/v1/"
"""What the name of a key begins with in a signature."""
KIND = "Google cloud binauthz container signature"
PAGE_SIZE = 100
CURE = "the job attest of build-release attests what it has built; attested_images = false in Terraform does without"


def attest(deployment: Deployment, digest: str, context: Context) -> bool:
    """Attest an image whose origin was proven; False if it is attested already. Raises DeployError."""
    attestor = require_attestor(deployment)
    if is_attested(deployment, digest, context):
        return False
    payload = make_payload(deployment.image(digest))
    key, pem = next(iter(attestor.keys.items()))
    signature = _sign(key, payload, context)
    if signature is None:  # --dry-run
        return True
    if not is_signed(payload, signature, pem):
        raise DeployError(f"{key} signed with another key than Terraform knows: run make apply")
    signatures = [{"publicKeyId": key, "signature": _encode(signature)}]
    made = {"serializedPayload": _encode(payload), "signatures": signatures}
    body = {"resourceUri": name_resource(deployment, digest), "noteName": attestor.note, "attestation": made}
    with _open_analysis(context) as api:
        api.change("POST", f"/v1/projects/{deployment.project}/occurrences", body)
    return True


def is_attested(deployment: Deployment, digest: str, context: Context) -> bool:
    """Whether the image has an attestation that Google will accept. Raises DeployError."""
    attestor = require_attestor(deployment)
    return any(proves(each, digest, attestor.keys) for each in _list_occurrences(deployment, digest, context))


def refuse_unattested(deployment: Deployment, digests: Iterable[str], context: Context) -> None:
    """Raise RefusedError if Google would refuse a revision of one of these images. Raises DeployError."""
    if deployment.attestor is None or not deployment.attestor.enforced:
        return
    for digest in sorted(set(digests)):
        if not is_attested(deployment, digest, context):
            raise RefusedError(f"{digest} is not attested, so Cloud Run would make no revision of it: {CURE}")


def refuse_bypass(deployment: Deployment, cloud_run: CloudRun) -> None:
    """Raise RefusedError if a service does not ask Google, or somebody's breakglass still lets it run anything."""
    if deployment.attestor is None or not deployment.attestor.enforced:
        return
    for function in deployment.functions.values():
        asks = cloud_run.read_service(function.service).binary_authorization
        if not asks.use_default or asks.breakglass_justification:
            why = asks.breakglass_justification or "switched off"
            cure = f"make apply ENV={deployment.environment} A=--only-terraform makes it ask again"
            raise RefusedError(f"{function.service} runs images without asking Google ({why}): {cure}")


def require_attestor(deployment: Deployment) -> Attestor:
    """The environment's attestor. Raises RefusedError if Terraform has not made one yet."""
    if deployment.attestor is None:
        raise RefusedError(f"{deployment.environment} has no attestor yet: make apply ENV={deployment.environment}")
    return deployment.attestor


def proves(occurrence: Mapping[str, Any], digest: str, keys: Mapping[str, str]) -> bool:
    """Whether an occurrence is a statement on this digest, signed with one of these keys."""
    try:
        attestation = occurrence["attestation"]
        payload = base64.b64decode(attestation["serializedPayload"], validate=True)
        critical = json.loads(payload)["critical"]
        signatures = [
            (keys[each["publicKeyId"]], base64.b64decode(each["signature"], validate=True))
            for each in attestation["signatures"]
            if each["publicKeyId"] in keys
        ]
        stated = critical["image"]["docker-manifest-digest"], critical["type"]
    except (KeyError, TypeError, ValueError, binascii.Error):
        return False
    return stated == (digest, KIND) and any(is_signed(payload, signature, pem) for pem, signature in signatures)


def is_signed(payload: bytes, signature: bytes, pem: str) -> bool:
    """Whether this is the key's signature (EC P-256, SHA-256, DER)."""
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, EllipticCurvePublicKey)  # terraform/modules/attestation
    try:
        key.verify(signature, payload, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def make_payload(image: str) -> bytes:
    """What is signed of `registry/name@sha256:…`, in the form of Red Hat's simple signing, as Google reads it."""
    name, _, digest = image.partition("@")
    critical = {"identity": {"docker-reference": name}, "image": {"docker-manifest-digest": digest}, "type": KIND}
    return json.dumps({"critical": critical}, sort_keys=True).encode()


def name_resource(deployment: Deployment, digest: str) -> str:
    """The image as Container Analysis names it."""
    return f"https://{deployment.image(digest)}"


def _list_occurrences(deployment: Deployment, digest: str, context: Context) -> Iterator[dict[str, Any]]:
    """What is stored of the image under the attestor's note."""
    path, token = f"/v1/{require_attestor(deployment).note}/occurrences", None
    wanted = f'resourceUrl="{name_resource(deployment, digest)}"'
    with _open_analysis(context) as api:
        while True:
            page = api.get(path, filter=wanted, pageSize=PAGE_SIZE, pageToken=token)
            yield from page.get("occurrences", ())
            token = page.get("nextPageToken")
            if not token:
                return


def _sign(key: str, payload: bytes, context: Context) -> bytes | None:
    """The signature of a key's version; None under --dry-run. Raises DeployError."""
    digest = {"sha256": _encode(hashlib.sha256(payload).digest())}
    with Api(context.environment.get(KMS_VARIABLE) or KMS_URL, google_token(context, KMS_VARIABLE), context) as api:
        found = api.change("POST", f"/v1/{key.removeprefix(KMS_NAME)}:asymmetricSign", {"digest": digest})
    return None if found is None else base64.b64decode(found["signature"])


def _open_analysis(context: Context) -> Api:
    base = context.environment.get(ANALYSIS_VARIABLE) or ANALYSIS_URL
    return Api(base, google_token(context, ANALYSIS_VARIABLE), context)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()
