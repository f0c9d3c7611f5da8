"""An image whose origin is not proven goes nowhere: not to staging, not to production, and nobody returns to it.

All signatures are real ones of a local Sigstore (`tests/cloud/sigstore.py`) and are verified as in production.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sigstore.errors import TUFError
from sigstore.models import ClientTrustConfig, TrustedRoot

from infra.deploy.arrange import Arranger
from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.desk import TICK_SECONDS
from infra.deploy.environments import Place
from infra.deploy.errors import DeployError, RefusedError, UnprovenError, UnreachableError
from infra.deploy.origin import FAULTS_MAX, Origin, find_origin, load_newest_keys, prove_origin
from infra.deploy.record import Record
from infra.deploy.registry import CONTENT_BYTES_MAX, Repository
from infra.deploy.release_verb import prove_release
from infra.deploy.revisions import BUNDLE, make_release
from infra.deploy.verbs import build_image
from infra.deploy.verbs.build_image import find_signed
from tests.cloud.artifact_registry import ArtifactRegistry
from tests.cloud.clock import START
from tests.cloud.sigstore import Built, Sigstore
from tests.infra.deploy.country import STAGING, Country, build_country, make_digest

DIGEST, OTHER = make_digest("ours"), make_digest("another")
NUMBER = "100000001"
NAME = "europe-west1-docker.pkg.dev/nanobanana-staging/nanobanana"
FOREIGN = {
    "another repository's number": (Built(repository_id="5"), "OIDCSourceRepositoryIdentifier"),
    "another workflow": (Built(workflow=".github/workflows/ci.yml"), "OIDCBuildSignerURI"),
    "a workflow of another repository": (Built(workflow_repository="mallory/nanobanana"), "OIDCBuildSignerURI"),
    "a branch that nobody reviewed": (Built(ref="refs/heads/feature/voice"), "built on refs/heads/feature/voice"),
    "a branch named like a protected one": (Built(ref="refs/heads/staging/x"), "built on refs/heads/staging/x"),
    "a tag named like a protected branch": (Built(ref="refs/tags/staging"), "built on refs/tags/staging"),
    "somebody's own machine": (Built(runner="self-hosted"), "OIDCRunnerEnvironment"),
    "another issuer of tokens": (Built(issuer="https://accounts.example"), "OIDCIssuerV2"),
    "a statement that is no provenance": (Built(predicate="https://cyclonedx.org/bom"), "not the provenance"),
}


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture(scope="module")
def keys(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> TrustedRoot:
    return TrustedRoot.from_file(str(sigstore.write_keys(tmp_path_factory.mktemp("keys") / "keys.json")))


# --- the signature --------------------------------------------------------------------------------------------


def test_what_the_build_signed_is_proven(sigstore: Sigstore, keys: TrustedRoot) -> None:
    """The signature of build-release on staging or main names the commit that the image was built from."""
    for ref in ("refs/heads/staging", "refs/heads/main"):
        bundle = sigstore.sign(DIGEST, Built(commit="a" * 40, ref=ref))
        assert prove_origin(bundle, DIGEST, NUMBER, keys).commit == "a" * 40


@pytest.mark.parametrize(("built", "reason"), FOREIGN.values(), ids=FOREIGN)
def test_what_another_job_signed_proves_nothing(
    sigstore: Sigstore, keys: TrustedRoot, built: Built, reason: str
) -> None:
    """A valid signature with any other number, workflow, branch, machine, issuer or statement is refused by name."""
    with pytest.raises(RefusedError, match=reason):
        prove_origin(sigstore.sign(DIGEST, built), DIGEST, NUMBER, keys)


def test_a_signature_is_not_moved_to_another_image(sigstore: Sigstore, keys: TrustedRoot) -> None:
    """It is bound to one digest."""
    with pytest.raises(RefusedError, match="not the provenance of this image"):
        prove_origin(sigstore.sign(OTHER, Built()), DIGEST, NUMBER, keys)


def test_a_signature_of_a_stranger_is_none(sigstore: Sigstore, keys: TrustedRoot) -> None:
    """Another authority may write what it likes into its certificates; a changed or empty bundle is refused as well."""
    changed = sigstore.sign(DIGEST, Built()).replace('"sig": "ME', '"sig": "MF')
    for bundle in (Sigstore().sign(DIGEST, Built()), changed, "{}", "", "no JSON"):
        with pytest.raises(RefusedError, match="not one of this repository's build"):
            prove_origin(bundle, DIGEST, NUMBER, keys)


def test_keys_come_from_sigstore_or_from_this_machine(keys: TrustedRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Sigstore cannot be reached, the keys that came with the library or with the last visit have to do."""
    asked = []

    def find(*, offline: bool = False) -> ClientTrustConfig:
        asked.append(offline)
        if not offline:
            raise TUFError("no network")
        return ClientTrustConfig.__new__(ClientTrustConfig)

    monkeypatch.setattr(ClientTrustConfig, "production", find)
    monkeypatch.setattr(ClientTrustConfig, "trusted_root", keys)
    assert load_newest_keys(Context({})) is keys
    assert asked == [False, True]


# --- beside the image -----------------------------------------------------------------------------------------


@pytest.fixture
def registry() -> Iterator[ArtifactRegistry]:
    with ArtifactRegistry(f"projects/{STAGING}/locations/europe-west1/repositories/nanobanana") as running:
        yield running


@pytest.fixture
def context(registry: ArtifactRegistry, sigstore: Sigstore, tmp_path: Path) -> Context:
    keys = sigstore.write_keys(tmp_path / "keys.json")
    return Context({"ARTIFACT_REGISTRY_API_URL": registry.url}, signing_keys=keys)


def find(context: Context) -> str:
    return find_origin(Repository.parse(NAME), DIGEST, NUMBER, context).commit


def test_one_good_signature_among_others_is_enough(
    registry: ArtifactRegistry, sigstore: Sigstore, context: Context
) -> None:
    """Anybody who may push may attach more, and other things than signatures lie there too."""
    registry.attach(DIGEST, "a list of packages", kind="application/vnd.cyclonedx+json")
    registry.attach(DIGEST, sigstore.sign(DIGEST, Built(repository_id="5")))
    kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
    registry.referrers[DIGEST] += [{"artifactType": kind}, {"artifactType": kind, "digest": "../../elsewhere"}]
    registry.attach(DIGEST, sigstore.sign(DIGEST, Built(commit="a" * 40)))
    for text in registry.contents.copy().values():
        if "layers" in text:
            registry.attach_manifest(DIGEST, text.replace('"layers": [', '"layers": [1, '))
            registry.attach_manifest(DIGEST, text.replace('"layers": [', '"layers": {}, "others": ['))
    assert find(context) == "a" * 40


def test_an_image_without_a_signature_is_refused(registry: ArtifactRegistry, context: Context) -> None:
    """Also where something else lies beside it, and where what is named there is gone."""
    with pytest.raises(RefusedError, match="nobody signed this image"):
        find(context)
    registry.attach(DIGEST, "a list of packages", kind="application/vnd.cyclonedx+json")
    registry.attach(DIGEST, "a signature that is lost")
    registry.contents.clear()
    with pytest.raises(RefusedError, match="nobody signed this image"):
        find(context)


def test_what_strangers_attach_hides_no_signature(
    registry: ArtifactRegistry, sigstore: Sigstore, context: Context
) -> None:
    """Many attachments, a large one, a deep one and long annotations before the good signature hold no release up."""
    for number in range(45):
        registry.attach(DIGEST, str(number))
    registry.attach(DIGEST, "x" * (CONTENT_BYTES_MAX + 1))
    registry.attach_manifest(DIGEST, "[" * 100_000)
    registry.attach_manifest(DIGEST, "no JSON")
    registry.referrers[DIGEST][5]["annotations"] = "x" * (2 * CONTENT_BYTES_MAX)
    with pytest.raises(UnprovenError) as refusal:
        find(context)
    assert str(refusal.value).count("not one of this repository's build") == FAULTS_MAX
    assert str(refusal.value).endswith(f"and {46 - FAULTS_MAX} more like these")
    registry.attach(DIGEST, sigstore.sign(DIGEST, Built(commit="a" * 40)))
    assert find(context) == "a" * 40


class SlowClock:
    """Every look at an attachment takes forty seconds."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        self._now += timedelta(seconds=40)
        return self._now

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits")


def test_thousands_of_attachments_end_with_words(
    registry: ArtifactRegistry, sigstore: Sigstore, context: Context
) -> None:
    """What takes too long to read is left with what to do; a good signature that comes in time counts."""
    registry.attach(DIGEST, "junk")
    registry.attach(DIGEST, sigstore.sign(DIGEST, Built(commit="a" * 40)))
    assert find(replace(context, clock=SlowClock())) == "a" * 40
    registry.referrers[DIGEST][:0] = registry.referrers[DIGEST][:1] * 10
    with pytest.raises(UnprovenError, match=r"read in 120 s.*Start build-release anew"):
        find(replace(context, clock=SlowClock()))
    registry.referrers[DIGEST] = [{"artifactType": "something else"}] * 300
    with pytest.raises(UnprovenError, match="read in 120 s"):
        find(replace(context, clock=SlowClock()))


def test_thousands_of_images_under_a_tag_end_with_another_one(
    registry: ArtifactRegistry, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who pushes many under the tag of a tree only makes the build build it."""
    repository, looked = Repository.parse(NAME), list[str]()
    monkeypatch.setattr(build_image, "list_digests", lambda *_: [DIGEST] * 9)
    monkeypatch.setattr("infra.deploy.origin.find_origin", lambda _, digest, *__: prove_nothing(looked, digest))
    assert find_signed(repository, "tree-a", "a", NUMBER, replace(context, clock=SlowClock())) is None
    assert looked == [DIGEST] * 5


def prove_nothing(looked: list[str], digest: str) -> Origin:
    looked.append(digest)
    raise UnprovenError("nobody signed this image")


def test_a_page_that_is_no_page_proves_nothing(
    registry: ArtifactRegistry, sigstore: Sigstore, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of what lies beside an image that is larger than a registry makes one is not read to its end."""
    registry.attach(DIGEST, sigstore.sign(DIGEST, Built()))
    monkeypatch.setattr("infra.deploy.registry.LIST_BYTES_MAX", 100)
    with pytest.raises(UnprovenError, match="nobody signed"):
        find(context)


def test_a_registry_that_fails_is_no_proof(registry: ArtifactRegistry, context: Context) -> None:
    """An error and a cut connection end the release, which can be started again; what is no answer proves nothing."""
    registry.faults.fail(times=1)
    with pytest.raises(UnreachableError):
        find(context)
    registry.faults.lose_answers()
    with pytest.raises(DeployError):
        find(context)
    registry.attach(DIGEST, "lost")
    for rubbish in ("no JSON", "[]"):
        registry.contents = dict.fromkeys(registry.contents, rubbish)
        with pytest.raises(UnprovenError, match="nobody signed"):
            find(context)


# --- the whole delivery ---------------------------------------------------------------------------------------


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """A first release serves in both environments, from before images were signed."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with ExitStack() as stack:
        built = stack.enter_context(build_country(tmp_path))
        built.begin()
        for town in (built.staging, built.production):
            town.environment |= {**built.github.environment, "GITHUB_TOKEN": "read-TEST-token"}
        yield built


def sign(country: Country, digest: str, commit: str, **more: str) -> None:
    country.sign(digest, replace(Built(commit=commit), **more))


def test_an_image_under_a_tree_to_come_goes_nowhere(country: Country) -> None:
    """The insider computes the tree of a merge to come and pushes another image under its tag: nothing deploys it.

    Nor does it stop the release: the build makes its own image of these files, under a tag that nobody foresees.
    """
    git, evil = country.github.state.git, make_digest("evil")
    tip = country.github.branch("staging")
    foreseen = git.add({**tip.files, "app/voice.py": "1"}, (tip.sha,), "Foreseen")
    country.registry.tags[f"tree-{foreseen.tree}"] = evil
    country.registry.tags[f"tree-{foreseen.tree}-0"] = country.first
    digest = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    assert digest not in {evil, country.first}
    assert country.builds()[-1].startswith(f"tree-{foreseen.tree}-")
    staged = country.github.branch("staging")
    assert staged.tree == foreseen.tree
    facts = {"image": evil, "commit": staged.sha, "version": "evil"}
    assert country.actions.dispatch("deploy-staging", ref="staging", **facts) == "failure"
    assert country.staging.serving() == {digest}
    assert country.production.run("rollout", "--image", evil, "--commit", staged.sha) == 1
    assert country.production.serving() == {country.first}
    assert country.production.record().candidate is None
    country.release()
    assert country.production.serving() == {digest}
    assert len(country.builds()) == 1


def test_a_signed_image_of_other_files_is_not_taken_for_these(country: Country) -> None:
    """Whoever may push may put the tag of a merge to come on an image that the build has signed for other files."""
    other = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    tip = country.github.branch("staging")
    foreseen = country.github.state.git.add({**tip.files, "app/ears.py": "1"}, (tip.sha,), "Foreseen")
    country.registry.tags[f"tree-{foreseen.tree}"] = other
    assert country.land("feature/ears", "Hear", {"app/ears.py": "1"}) != other
    assert country.github.branch("staging").tree == foreseen.tree


def test_a_build_that_was_killed_before_it_signed_is_made_up_for(country: Country) -> None:
    """The image is pushed and the machine dies: the same job, started again, builds and signs, and the work goes on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Country, "sign", lambda self, digest, built: None)
        assert country.land("feature/voice", "Listen", {"app/voice.py": "1"}) == country.first
    assert country.verbs()[-1] == "build-release: check-origin!"
    assert country.actions.dispatch("create-release-pr") == "failure"  # nobody offers what nothing proves
    country.actions.rerun("build-release", "staging")
    (digest,) = country.staging.serving()
    assert digest != country.first
    country.release()
    assert country.production.serving() == {digest}


def test_changed_inputs_put_no_other_tree_on_staging(country: Country) -> None:
    """By hand, a signed image with the commit of other work: its files are compared, not its label."""
    digest = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    work = country.github.state.git.add({"evil.py": "1"}, (), "Evil")
    other = make_digest("signed, of other work")
    sign(country, other, work.sha)
    staged = country.github.branch("staging").sha
    facts = {"image": other, "commit": staged, "version": "evil"}
    assert country.actions.dispatch("deploy-staging", ref="staging", **facts) == "failure"
    (deployed,) = (each for each in country.actions.ran if each.verb == "deploy" and each.code)
    assert "the image was built from" in deployed.said
    assert country.staging.serving() == {digest}
    assert country.production.run("rollout", "--image", other) == 1  # nor without any commit
    assert country.production.run("rollout", "--image", other, "--commit", staged) == 1
    assert country.production.serving() == {country.first}


def test_the_released_tree_is_what_the_signature_proves(country: Country) -> None:
    """What staging had tested was built from other files, as its signature says: main's own image is a new one."""
    country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    digest = country.registry.tags[f"tree-{country.github.branch('staging').tree}"]
    number = country.request_release()
    country.registry.referrers.clear()
    sign(country, digest, country.github.branch("main").sha)  # as if built from the files before
    country.merge(number)
    checks = [each for each in country.actions.ran if each.verb == "check-release-tree"]
    assert [each.code for each in checks] == [1]
    assert "its image was built only now" in checks[0].said
    assert country.production.serving() == {country.first}


def test_settings_change_with_the_image_that_is_served(country: Country) -> None:
    """What serves unsigned since before gets new settings; a signed one keeps its signature, without GitHub."""
    assert country.production.run("deploy", "--renew", "--commit", "anything") == 0
    assert country.production.record().proven_since is None
    country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    (digest,) = country.staging.serving()
    country.github.faults.fail(times=10**6)
    assert country.staging.run("deploy", "--renew") == 0
    assert country.staging.serving() == {digest}
    country.registry.referrers.clear()
    assert country.staging.run("deploy", "--renew") == 1


def test_a_new_environment_gets_its_first_image_by_hand(country: Country) -> None:
    """There is no pipeline yet that could sign it; the second one is asked for its signature."""
    context, place = country.production.context(), Place("production", "nanobanana-production", "europe-west1")
    deployment = replace(country.production.deployment(), proven_images=True)
    release = make_release(deployment, DIGEST, "first", "", country.clock.now())
    assert prove_release(place, deployment, Record(), release, context) == ""
    with pytest.raises(RefusedError, match="nobody signed"):
        prove_release(place, deployment, Record(stable=replace(release, digest=OTHER)), release, context)


# --- the way back ---------------------------------------------------------------------------------------------


def release_two(country: Country) -> list[str]:
    """Two signed releases on staging, on top of the unsigned first one; their digests, the older one first."""
    git, digests = country.github.state.git, [make_digest("one"), make_digest("two")]
    for digest in digests:
        made = git.add({"code.py": digest}, (), "Work")
        sign(country, digest, made.sha)
        country.attest(country.staging, digest)
        assert country.staging.run("deploy", "--image", digest, "--commit", made.sha) == 0
    return digests


def test_the_way_back_needs_cloud_run_alone(country: Country) -> None:
    """The signature is read from the release's own revision; even to an unsigned release from before there is a way."""
    country.clock.advance(60)
    one, _ = release_two(country)
    good = country.staging.record().good[0]
    read = country.staging.cloud_run.revision_annotation
    assert 2_000 < len(read("webhook", good.revision("webhook"), BUNDLE)) < 20_000  # of 256 KiB
    assert read("bot", good.revision("bot"), BUNDLE) == ""
    for server in (country.github, country.registry, country.bucket):
        server.faults.fail(times=10**6)
    started = country.clock.now()
    assert country.staging.run("rollback") == 0
    assert country.staging.serving() == {one}
    assert country.staging.run("rollback") == 0
    assert country.staging.serving() == {country.first}
    assert (country.clock.now() - started).total_seconds() <= TICK_SECONDS
    assert "first is from before images were signed" in country.staging.lines


def test_nobody_returns_to_an_image_of_unproven_origin(
    country: Country, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A good release of the record that nobody signed, or a stranger, or that is gone, or runs another image."""
    one, two = release_two(country)
    good = country.staging.record().good[0]
    now = country.clock.now()
    cases = [(("", now), "nobody signed"), ((Sigstore().sign(one, Built()), now), "signature"), (None, "are gone")]
    for found, reason in cases:
        with monkeypatch.context() as patch:
            patch.setattr(Arranger, "read_bundle", lambda self, release, found=found: found)
            assert country.staging.run("rollback") == 1
        assert reason in capsys.readouterr().err
    country.staging.cloud_run.replace_image("bot", good.revision("bot"), make_digest("evil"))
    assert country.staging.run("rollback") == 1
    assert "does not run" in capsys.readouterr().err
    assert country.staging.serving() == {two}
    assert country.staging.record().holder == ""


def test_a_release_that_is_gone_keeps_no_signature(country: Country) -> None:
    """Where the webhook has no revision of it, there is nothing to read."""
    release_two(country)
    place = Place("staging", STAGING, "europe-west1")
    _, arranger, _ = open_desk(place, country.staging.context())
    good = country.staging.record().good[0]
    assert arranger.read_bundle(replace(good, id="0" * 12)) is None


def test_where_signatures_are_not_asked_for_nothing_changes(country: Country) -> None:
    """An environment without a pipeline releases what it likes, and its record says so."""
    release_two(country)
    assert country.staging.record().proven_since is not None
    country.bucket.deployments[STAGING]["proven_images"] = False
    country.attest(country.staging, make_digest("by hand"))
    assert country.staging.run("deploy", "--image", make_digest("by hand")) == 0
    assert country.staging.record().proven_since is None
    assert country.staging.run("rollback") == 0
