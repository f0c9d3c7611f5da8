"""The origin of an image, proven by the signature of the job that built it, not named by a tag.

The job `build` of build-release signs the image's digest with a certificate that Sigstore gives to GitHub's token of
that job alone. The certificate names the repository's number, the workflow with its branch, and the commit. The
signature lies beside the image in the registry, and is copied to an annotation of the release's webhook revision: so a
rollback can verify it where only Cloud Run is up.

https://docs.github.com/en/actions/concepts/security/artifact-attestations, https://docs.sigstore.dev/about/bundle/
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat import asn1
from cryptography.x509 import Certificate, ExtensionNotFound, UnrecognizedExtension
from sigstore.errors import Error as SigstoreError
from sigstore.errors import TUFError
from sigstore.models import Bundle, ClientTrustConfig, TrustedRoot
from sigstore.verify import Verifier, policy

from infra.deploy.branches import MAIN, STAGING
from infra.deploy.context import Context
from infra.deploy.errors import RefusedError, UnprovenError
from infra.deploy.github import GitHub
from infra.deploy.pulls import read_tree
from infra.deploy.registry import Repository, list_attestations

WORKFLOW = ".github/workflows/build-release.yml"
"""The only workflow whose images are released, and only as it is on one of these branches."""
REFS = tuple(f"refs/heads/{branch}" for branch in (STAGING, MAIN))
ISSUER = "https://token.actions.githubusercontent.com"
RUNNER = "github-hosted"
"""Not a machine of somebody's own."""
STATEMENT = "application/vnd.in-toto+json"
PROVENANCE = "https://slsa.dev/provenance/v1"
FAULTS_MAX = 3
"""A message names so many; the others are counted."""


@dataclass(frozen=True)
class Origin:
    """What the signature of an image proves."""

    commit: str
    """What it was built from."""
    bundle: str
    """The signature with its certificate and the log's entry: Sigstore's bundle, as JSON."""


def find_origin(repository: Repository, digest: str, repository_id: str, context: Context) -> Origin:
    """The proven origin of an image in the registry. Raises UnprovenError if there is none, DeployError."""
    return find_good(list_attestations(repository, digest, context), digest, repository_id, load_newest_keys(context))


def find_good(bundles: Iterable[str], digest: str, repository_id: str, keys: TrustedRoot) -> Origin:
    """The first signature that proves an origin; strangers may have put others before it. Raises UnprovenError."""
    faults: list[str] = []
    for bundle in bundles:
        try:
            return prove_origin(bundle, digest, repository_id, keys)
        except UnprovenError as error:
            faults.append(str(error))
    if not faults:
        raise UnprovenError(f"{digest}: nobody signed this image, so nothing proves what built it")
    more = f" and {len(faults) - FAULTS_MAX} more like these" if len(faults) > FAULTS_MAX else ""
    raise UnprovenError("; ".join(faults[:FAULTS_MAX]) + more)


def prove_origin(bundle: str, digest: str, repository_id: str, keys: TrustedRoot, workflow: str = WORKFLOW) -> Origin:
    """The origin that a signature proves for this digest. Raises UnprovenError with the first thing that is wrong."""
    try:
        parsed = Bundle.from_json(bundle)
        kind, payload = Verifier(trusted_root=keys).verify_dsse(parsed, _make_policy(parsed, repository_id, workflow))
    except (SigstoreError, ValueError) as error:
        raise UnprovenError(f"{digest}: its signature is not one of this repository's build: {error}") from error
    _refuse_other_statement(kind, payload, digest)
    return Origin(_read(parsed.signing_certificate, policy.OIDCSourceRepositoryDigest), bundle)


def refuse_other_tree(origin: Origin, commit: str, context: Context) -> None:
    """Raise RefusedError unless the image was built from the files of this commit, whatever the registry's tags say."""
    if not commit:
        raise RefusedError("an image that is new here needs --commit: it must be built from the files of that commit")
    with GitHub(context) as github:
        wanted = read_tree(github, commit)
    refuse_other_files(origin, wanted, context)


def refuse_other_files(origin: Origin, tree: str, context: Context) -> None:
    """Raise UnprovenError unless the image was built from the files of this tree. Raises DeployError."""
    with GitHub(context) as github:
        built = read_tree(github, origin.commit)
    if built != tree:
        raise UnprovenError(f"the image was built from {origin.commit[:10]} (tree {built}), not from the tree {tree}")


def prove_kept(bundle: str, digest: str, repository_id: str, context: Context) -> Origin:
    """The same for a signature that was verified before, in a hurry: no network, unless its keys are newer than ours.

    Raises UnprovenError.
    """
    try:
        return prove_origin(bundle, digest, repository_id, load_keys(context, refresh=False))
    except UnprovenError:
        return prove_origin(bundle, digest, repository_id, load_newest_keys(context))


def load_newest_keys(context: Context) -> TrustedRoot:
    """Sigstore's public keys as they are now, or where it cannot be reached those that are on this machine."""
    try:
        return load_keys(context, refresh=True)
    except TUFError:
        return load_keys(context, refresh=False)


def load_keys(context: Context, *, refresh: bool) -> TrustedRoot:
    """Raises TUFError if they are to be refreshed and Sigstore cannot be reached."""
    if context.signing_keys is not None:
        return TrustedRoot.from_file(str(context.signing_keys))
    return ClientTrustConfig.production(offline=not refresh).trusted_root


def _make_policy(bundle: Bundle, repository_id: str, workflow: str) -> policy.VerificationPolicy:
    """What the certificate has to say. The repository's name and the branch are its own: names change, numbers do not.

    GitHub takes number, name and branch from one token, so a name in the certificate is that number's.
    """
    certificate = bundle.signing_certificate
    ref, url = (_read(certificate, each) for each in (policy.OIDCSourceRepositoryRef, policy.OIDCSourceRepositoryURI))
    if ref not in REFS:
        raise ValueError(f"it was built on {ref}")
    return policy.AllOf(
        [
            policy.OIDCIssuerV2(ISSUER),
            policy.OIDCSourceRepositoryIdentifier(repository_id),
            policy.OIDCBuildSignerURI(f"{url}/{workflow}@{ref}"),
            policy.OIDCRunnerEnvironment(RUNNER),
        ]
    )


def _read(certificate: Certificate, kind: type[policy._SingleX509ExtPolicyV2]) -> str:
    """The text of an extension of Fulcio's. Raises ValueError."""
    try:
        extension = certificate.extensions.get_extension_for_oid(kind.oid).value
    except ExtensionNotFound as error:
        raise ValueError(f"the certificate has no {kind.__name__}") from error
    assert isinstance(extension, UnrecognizedExtension)
    return asn1.decode_der(str, extension.value)


def _refuse_other_statement(kind: str, payload: bytes, digest: str) -> None:
    """Raise UnprovenError unless the signed statement is the provenance of this very image."""
    statement = json.loads(payload) if kind == STATEMENT else {}
    digests = [f"sha256:{each.get('digest', {}).get('sha256')}" for each in statement.get("subject", [])]
    if statement.get("predicateType") != PROVENANCE or digest not in digests:
        raise UnprovenError(f"{digest}: what was signed is not the provenance of this image")
