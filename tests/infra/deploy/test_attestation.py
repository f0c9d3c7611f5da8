"""Google runs only what the build has attested: no deployer and no pusher of images gets anything else to run.

The attestations are real signatures of a local key, and the local Cloud Run asks for them as Google's does.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from google.cloud.run_v2 import Condition

from infra.deploy.attestation import attest, is_attested, proves, refuse_unattested
from infra.deploy.cloud_run import CloudRun, add_revision, explain_failure
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.environments import Place
from infra.deploy.errors import BrokenRevisionError, DeployError, RefusedError, UnreachableError
from infra.deploy.revisions import make_release, make_template
from tests.cloud.attestations import Attestations
from tests.cloud.sigstore import Built
from tests.infra.deploy.country import STAGING, Country, build_country, make_digest, write_deployment

Reason = Condition.CommonReason
DIGEST, OTHER = make_digest("ours"), make_digest("another")
NAME = "europe-west1-docker.pkg.dev/nanobanana-staging/nanobanana/nanobanana"
IMAGE = f"{NAME}@{DIGEST}"
STRANGER = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def google() -> Iterator[Attestations]:
    with Attestations(STAGING) as running:
        yield running


@pytest.fixture
def context(google: Attestations) -> Context:
    return Context(google.environment)


@pytest.fixture
def deployment(google: Attestations) -> Deployment:
    return parse(google)


def parse(google: Attestations, **changes: object) -> Deployment:
    return Deployment.parse(json.dumps(write_deployment(STAGING) | {"attestor": google.attestor | changes}))


# --- one image --------------------------------------------------------------------------------------------------


def test_what_is_attested_is_what_google_accepts(
    google: Attestations, deployment: Deployment, context: Context
) -> None:
    """Google's own rules accept the attestation that the verb makes, for this digest only, and it is made once."""
    assert google.admit(IMAGE)
    assert attest(deployment, DIGEST, context)
    assert google.admit(IMAGE) == ""
    assert is_attested(deployment, DIGEST, context)
    assert google.admit(f"{NAME}@{OTHER}")
    assert not is_attested(deployment, OTHER, context)
    assert not attest(deployment, DIGEST, context)
    assert len(google.occurrences) == 1


def test_a_lost_answer_is_made_up_for(google: Attestations, deployment: Deployment, context: Context) -> None:
    """Google stored it and the answer got lost: the next try finds it; a refusal stores nothing."""
    google.faults.lose_answers()
    with pytest.raises(UnreachableError):
        attest(deployment, DIGEST, context)
    assert not attest(deployment, DIGEST, context)
    google.occurrences.clear()
    google.faults.fail(method="POST", status=403)
    with pytest.raises(RefusedError):
        attest(deployment, DIGEST, context)
    assert google.occurrences == []


def test_only_a_good_attestation_counts(google: Attestations, deployment: Deployment, context: Context) -> None:
    """One of another key, one of another digest under this image's name, and rubbish: as if there were none."""
    google.attest(IMAGE, by=STRANGER)
    google.attest(IMAGE, stated=OTHER)
    google.attest(IMAGE)
    good = google.occurrences.pop()
    google.occurrences += [{**good, "attestation": rubbish} for rubbish in RUBBISH]
    with pytest.raises(RefusedError, match="is not attested"):
        refuse_unattested(deployment, [DIGEST], context)
    google.occurrences.append(good)
    refuse_unattested(deployment, [DIGEST, DIGEST], context)


RUBBISH: list[object] = [
    {},
    None,
    {"serializedPayload": "no base64", "signatures": []},
    {"serializedPayload": "bm8gSlNPTg==", "signatures": []},
    {"serializedPayload": "W10=", "signatures": [{}]},
]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_proves_nothing(google: Attestations, rubbish: object) -> None:
    """Whatever is stored under the note, no verb falls over it."""
    assert not proves({"attestation": rubbish}, DIGEST, google.attestor["keys"])


def test_where_google_refuses_nothing_nobody_asks(google: Attestations, context: Context) -> None:
    """With `attested_images = false`, and before Terraform has made an attestor, any image may be released."""
    google.faults.fail(times=10**6)
    refuse_unattested(parse(google, enforced=False), [DIGEST], context)
    refuse_unattested(replace(parse(google), attestor=None), [DIGEST], context)
    with pytest.raises(RefusedError, match="no attestor yet"):
        attest(replace(parse(google), attestor=None), DIGEST, context)


def test_a_key_that_terraform_does_not_know_attests_nothing(
    google: Attestations, deployment: Deployment, context: Context
) -> None:
    """Google would not accept it: the job fails, and says what mends it."""
    google.private = STRANGER
    with pytest.raises(DeployError, match="make apply"):
        attest(deployment, DIGEST, context)
    assert google.occurrences == []


def test_under_dry_run_nothing_is_signed(google: Attestations, deployment: Deployment) -> None:
    """What would be done is said."""
    said: list[str] = []
    assert attest(deployment, DIGEST, Context(google.environment, dry_run=True, say=said.append))
    assert google.occurrences == []
    assert any("asymmetricSign" in line for line in said)


# --- the whole delivery -----------------------------------------------------------------------------------------


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """A first release serves in both environments, and from now on Google refuses what is not attested."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with build_country(tmp_path) as built:
        built.begin()
        for town in (built.staging, built.production):
            town.environment |= {**built.github.environment, "GITHUB_TOKEN": "read-TEST-token"}
        yield built


def find_google(country: Country, environment: str = "staging") -> Attestations:
    found = {"staging": country.staging, "production": country.production}[environment].attestations
    assert found is not None
    return found


def sign(country: Country, digest: str) -> str:
    """An image that the build has signed, and the commit that it was built from."""
    made = country.github.state.git.add({"code.py": digest}, (), "Work")
    country.sign(digest, Built(commit=made.sha))
    return made.sha


def deploy_by_hand(country: Country, digest: str) -> None:
    """A thief of the deployer calls Google's API himself, without any verb of ours."""
    place, context = Place("staging", STAGING, "europe-west1"), country.staging.context()
    client = CloudRun(place.project, place.region, context)
    deployment = country.staging.deployment()
    release = make_release(deployment, digest, "evil", "", country.clock.now())
    template = make_template(deployment, deployment.functions["bot"], release)
    client.change_service("bot", "evil", add_revision(release.revision("bot"), template, release.tag))
    client.wait_for_revision("bot", release.revision("bot"))


def test_only_what_the_build_attested_runs(country: Country) -> None:
    """Unattested, attested with another key, or for another digest: Cloud Run itself refuses; attested: it runs."""
    evil, google = make_digest("evil"), find_google(country)
    image = f"{country.staging.deployment().registry}/nanobanana@{evil}"
    preparations: list[Callable[[], object]] = [
        lambda: None,
        lambda: google.attest(image, by=STRANGER),
        lambda: google.attest(image, stated=OTHER),
        lambda: google.attest(image.replace(evil, OTHER)),
    ]
    for prepare in preparations:
        google.occurrences[1:] = []
        prepare()
        with pytest.raises(BrokenRevisionError, match="not attested"):
            deploy_by_hand(country, evil)
    assert set(google.refused) == {image}
    good = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    deploy_by_hand(country, good)


def test_a_release_looks_first_and_says_so(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    """A signed image without an attestation: refused before any revision is made, with what mends it.

    What nobody signed, or what was built from other files than the commit's, gets no attestation.
    """
    digest, staged = make_digest("signed"), country.github.branch("staging").sha
    commit, before = sign(country, digest), len(country.staging.cloud_run.history)
    assert country.staging.run("deploy", "--image", digest, "--commit", commit) == 1
    assert f"{digest} is not attested" in capsys.readouterr().err
    changed = {each.service for each in country.staging.cloud_run.history[before:]}
    assert changed <= {"rollout-record"}
    assert country.staging.record().holder == ""
    for image, other, reason in ((make_digest("evil"), commit, "nobody signed"), (digest, staged, "not from the tree")):
        assert country.staging.run("attest-image", "--image", image, "--commit", other) == 1
        assert reason in capsys.readouterr().err
    assert country.staging.run("attest-image", "--image", digest, "--commit", commit) == 0
    assert country.staging.run("deploy", "--image", digest, "--commit", commit) == 0
    assert country.staging.serving() == {digest}
    assert country.staging.run("attest-image", "--image", digest, "--commit", commit) == 0
    assert f"{digest} is attested already" in country.staging.lines


def test_stages_need_the_stable_image_too(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    """At each stage the stable webhook gets a new revision, so the image that is served has to be attested as well."""
    google = find_google(country, "production")
    google.occurrences.clear()
    digest = make_digest("signed")
    commit = sign(country, digest)
    assert country.production.run("attest-image", "--image", digest, "--commit", commit) == 0
    assert country.production.run("rollout", "--image", digest, "--commit", commit) == 1
    assert f"{country.first} is not attested" in capsys.readouterr().err
    assert country.production.record().candidate is None


def test_production_attests_what_main_has_and_the_way_back_asks_nobody(country: Country) -> None:
    """Staging's attestation opens nothing in production: that key signs from main alone, where two people agreed.

    The way back takes seconds where neither Binary Authorization nor the registry nor GitHub is up.
    """
    digest = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    image = f"{country.staging.deployment().registry}/nanobanana@{digest}"
    assert find_google(country).admit(image) == ""
    assert find_google(country, "production").admit(image)
    country.release()
    assert country.production.serving() == {digest}
    google = find_google(country, "production")
    assert google.admit(image) == ""
    google.occurrences.clear()
    for server in (google, country.registry, country.github):
        server.faults.fail(times=10**6)
    assert country.production.run("rollback") == 0
    assert country.production.serving() == {country.first}


def test_a_killed_attester_is_started_again(country: Country) -> None:
    """Google does not answer the attester: nothing is deployed; the job, started again, attests it."""
    google = find_google(country)
    google.faults.fail(times=1, method="POST")
    assert country.land("feature/voice", "Listen", {"app/voice.py": "1"}) == country.first
    assert country.verbs()[-1] == "build-release: attest-image!"
    country.actions.rerun("build-release", "staging")
    assert country.staging.serving() != {country.first}
    assert len(country.builds()) == 1


def test_a_breakglass_does_not_stay_open(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    """Breakglass holds for every later revision, and so does a check that was switched off: a release says so."""
    for justification in ("the night of the 3rd", ""):
        country.staging.cloud_run.let_through("chat", justification, asks=bool(justification))
        assert country.staging.run("deploy", "--renew") == 1
        said = capsys.readouterr().err
        assert f"chat runs images without asking Google ({justification or 'switched off'})" in said
    country.staging.cloud_run.let_through("chat")
    assert country.staging.run("deploy", "--renew") == 0


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.CONTAINER_IMAGE_UNAUTHORIZED, "because its image is not attested"),
        (Reason.CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED, "because Google could not ask"),
        (Reason.CONTAINER_MISSING, "does not start"),
    ],
)
def test_why_a_revision_does_not_run(reason: int, words: str) -> None:
    """What Google refuses, what it could not look up, and what is broken are told apart."""
    assert words in explain_failure(Condition(type_="Ready", reason=reason))
    assert explain_failure(Condition(type_="Ready")) == "does not start"
