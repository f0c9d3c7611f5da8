"""The whole delivery, from a push to production and back, as the workflow files run it on local servers.

`actions.py` reads `.github/workflows` and runs the verbs they call; `country.py` is all that those touch.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.deploy.desk import TICK_SECONDS
from infra.deploy.terraform_sources import hash_sources
from tests.cloud.cloud_run import Behaviour
from tests.cloud.github import Actor
from tests.infra.deploy.actions import issue_token
from tests.infra.deploy.country import PRODUCTION, Country, build_country, make_digest, write_deployment
from tests.infra.deploy.test_terraform_run import run_as_terraform
from tests.infra.deploy.town import STAFF_CHAT

SETTING = "SPEND_USD_PER_DAY_MAX"
VERSION = "v2026.1.2.1"
LIGHT_CHECK = ".venv/bin/python -m infra.checks --light"
STAGED = [
    "build-release: begin-release",
    "build-release: build-image",
    "build-release: check-origin",
    "build-release: attest-image",
    "deploy-staging: deploy",
    "deploy-staging: smoke",
    "deploy-staging: rehearse-rollback",
    "post-deploy-monitor: monitor",
    "deploy-staging: notify",
]
BUILT = [*STAGED[:2], "build-release: write-sbom", *STAGED[2:]]
LANDED = ["pr-from-feature: open-pr", *["auto-merge-staging: enable-auto-merge"] * 2, *BUILT]
REQUESTED = ["create-release-pr: build-image", "create-release-pr: smoke", "create-release-pr: create-release-pr"]
RELEASED = [
    "build-release: begin-release",
    "build-release: build-image",
    "build-release: check-origin",
    "build-release: build-image",  # … --keep
    "build-release: attest-image",
    "build-release: attest-image",  # for production
    "deploy-production: smoke",
    "deploy-production: check-release-tree",
    "deploy-production: check-agreement",
    "deploy-production: check-terraform",
    "deploy-production: rollout",
    "post-deploy-monitor: monitor",
    "deploy-production: write-release",
    "deploy-production: tag-release",
    "deploy-production: check-release",
    "sync-back: sync-back",
    "deploy-production: notify",
    # staging has followed main: the same image, once more
    "auto-merge-staging: enable-auto-merge",
    *STAGED,
]


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """A first release serves in both environments, the rules are in force, and people write to the bot."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # nothing here is encrypted: no client need read all the roots
    with build_country(tmp_path) as built:
        built.begin()
        yield built


def heads(country: Country) -> list[str]:
    """The first line of every notice."""
    return [text.partition("\n")[0] for text in country.chat.texts()]


def given_up(country: Country) -> list[str]:
    return [each.digest for each in country.production.record().given_up]


def expect_no_trace(country: Country) -> None:
    """Nothing of a release that did not hold is left: neither in production nor on GitHub."""
    assert country.production.serving() == {country.first}
    assert "CANDIDATE_BOT_URL" not in country.production.cloud_run.variables("webhook")
    assert country.production.record().holder == ""
    assert country.tags() == {}
    assert country.github.state.releases == {}
    assert country.github.branch("staging").sha == country.github.branch("main").sha


def test_from_a_push_to_production(country: Country) -> None:
    """From a push to every chat: people push, ask, approve and merge, and all the rest happens by itself."""
    began = len(country.actions.ran)
    digest = country.land("feature/voice", "Listen to voice notes", {"app/voice.py": "1"})
    assert country.verbs(began) == LANDED
    squashed = country.github.branch("staging")
    assert (squashed.message, len(squashed.parents)) == ("Listen to voice notes (#1)", 1)
    assert heads(country) == []

    began = len(country.actions.ran)
    number = country.request_release()
    assert country.verbs(began) == REQUESTED
    assert digest in country.github.pull(number).body

    began = len(country.actions.ran)
    merged = country.merge(number)
    assert country.verbs(began) == RELEASED
    assert country.production.serving() == country.staging.serving() == {digest}
    assert country.builds() == [f"tree-{merged.tree}"]
    main, staging = country.github.branch("main"), country.github.branch("staging")
    assert main.sha == staging.sha == merged.sha
    assert country.tags() == {VERSION: merged.sha}
    assert digest in country.github.state.releases[VERSION]["body"]
    assert country.github.open_pulls() == []
    assert heads(country) == [f"✅ production {VERSION}"]
    expect_one_change(country, digest)


def expect_one_change(country: Country, digest: str) -> None:
    """Seen from the chats: staff meet the release first, then ever more, and nobody goes back and forth."""
    met: dict[int, list[str]] = {}
    for chat, served in country.production.served:
        met.setdefault(chat, []).append(served)
    for seen in met.values():
        before = seen.count(country.first)
        assert seen == [country.first] * before + [digest] * (len(seen) - before)
    assert next(chat for chat, served in country.production.served if served == digest) == STAFF_CHAT
    webhook = country.production.cloud_run
    percents = [webhook.variables("webhook", each).get("CANDIDATE_PERCENT") for each in webhook.revisions("webhook")]
    assert [each for each in percents if each] == ["0", "5", "25", "50", "100"]


def test_what_is_not_green_goes_nowhere(country: Country) -> None:
    """A failing light check keeps the work out of staging, and the next push that mends it lets it in."""
    country.actions.failing.add(LIGHT_CHECK)
    assert country.land("feature/voice", "Listen", {"app/voice.py": "broken"}) == country.first
    assert [pull.head for pull in country.github.open_pulls()] == ["feature/voice"]
    assert country.builds() == []
    country.actions.failing.clear()
    assert country.land("feature/voice", "Mend", {"app/voice.py": "1"}) != country.first
    assert country.github.open_pulls() == []


def test_another_tree_than_the_merged_one_changes_nothing(country: Country) -> None:
    """An image with a file that nobody merged is refused before production is touched, and people are told."""
    country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    number = country.request_release()
    country.outsiders["surprise.py"] = "1"
    before, began = len(country.production.cloud_run.history), len(country.actions.ran)
    country.merge(number)
    verbs = country.verbs(began)
    assert "build-release: build-image!" in verbs  # … --only-find: it was built, and not from this tree
    assert not any("rollout" in verb for verb in verbs)
    assert len(country.production.cloud_run.history) == before
    expect_no_trace(country)
    (told,) = heads(country)
    assert told.startswith("❌ production ")


def test_a_hotfix_goes_from_main_to_production_and_comes_back(country: Country) -> None:
    """Its tree has no image and staging never served it: both happen first; then staging has it beside its own work."""
    country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    country.github.commit("hotfix/money", "Count right", {"app/money.py": "1"}, base="main")
    country.actions.settle()
    (pull,) = country.github.open_pulls()
    assert pull.base == "main"
    began = len(country.actions.ran)
    merged = country.merge(pull.number)
    verbs = country.verbs(began)
    assert verbs[:5] == [*BUILT[:4], "build-release: build-image"]
    assert verbs[5:7] == ["build-release: attest-image"] * 2
    assert verbs[7:9] == ["deploy-production: smoke!", "deploy-staging: deploy"]
    assert verbs.index("post-deploy-monitor: monitor") < verbs.index("deploy-production: check-release-tree")
    assert "app/voice.py" not in merged.files
    assert country.tags() == {VERSION: merged.sha}
    (served,) = country.production.serving()
    assert country.registry.tags[f"tree-{merged.tree}"] == served
    staging = country.github.branch("staging")
    assert {"app/voice.py", "app/money.py"} <= set(staging.files)
    assert country.staging.serving() == {country.registry.tags[f"tree-{staging.tree}"]}
    assert country.github.pull(country.request_release()).title == "Release v2026.1.2.2"


def test_a_bad_candidate_leaves_no_trace_and_the_next_release_works(country: Country) -> None:
    """Jobs of the new image fail: stable is restored, nothing is tagged, people are told; a mended one goes through."""
    bad = country.land("feature/voice", "Listen", {"app/voice.py": "broken"})
    country.production.failing[bad] = 0.5
    began = len(country.actions.ran)
    country.release()
    assert country.verbs(began)[len(REQUESTED) + RELEASED.index("deploy-production: rollout") :][:3] == [
        "deploy-production: rollout!",
        "sync-back: sync-back",
        "deploy-production: notify",
    ]
    expect_no_trace(country)
    assert given_up(country) == [bad]
    assert heads(country) == [
        f"↩️ production {VERSION}: given up; the release before it serves everybody",
        f"❌ production {VERSION}",
    ]
    good = country.land("fix/voice", "Mend it", {"app/voice.py": "1"})
    merged = country.release()
    assert country.production.serving() == {good}
    assert country.tags() == {"v2026.1.2.2": merged.sha}  # one name never means two images


def write_errors(country: Country, digest: str) -> None:
    """The new bot's ledger does not agree with itself."""
    revision = next(iter(country.production.cloud_run.traffic("bot")))
    country.production.logging.write(revision, "ERROR", event="ledger_mismatched")


def serve_another(country: Country, digest: str) -> None:
    """Where the new image should be, the first one answers."""
    behaviour = Behaviour(service="bot", digest=digest, version={"digest": country.first})
    country.production.cloud_run.behave(behaviour)


@pytest.mark.parametrize("turn_bad", [write_errors, serve_another])
def test_a_release_that_turns_bad_is_taken_back(country: Country, turn_bad: Callable[[Country, str], None]) -> None:
    """All are served and then the log or the digest is wrong: traffic goes back, and that image never returns."""
    digest = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    country.when_serving(digest, lambda: turn_bad(country, digest))
    country.release()
    assert [verb for verb in country.verbs() if verb.endswith("!")] == ["post-deploy-monitor: monitor!"]
    expect_no_trace(country)
    assert given_up(country) == [digest]
    assert heads(country) == [
        f"↩️ production: back from {VERSION} to first",
        f"❌ production {VERSION}",
    ]
    assert country.actions.dispatch("deploy-production") == "failure"
    expect_no_trace(country)


def set_limit(country: Country, sources: str) -> None:
    """Production's deployment.json, after an apply with other files."""
    found = {**country.bucket.deployments[PRODUCTION], **write_deployment(PRODUCTION)}
    env = found["functions"]["bot"]["env"] | {SETTING: "100"}
    found["functions"]["bot"]["env"] = env
    country.bucket.deployments[PRODUCTION] = found | {"sources": sources}


def forget_terraform(country: Country) -> None:
    """Production's Terraform was applied with the files of the release before."""
    country.bucket.deployments[PRODUCTION] |= {"sources": "before"}


def test_configuration_is_a_part_of_its_release(country: Country) -> None:
    """Terraform runs first, once; then one rollout takes image and setting to the chats, stage by stage."""
    digest = country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    forget_terraform(country)
    began = len(country.actions.ran)

    def act() -> None:
        assert country.production.serving() == {country.first}
        set_limit(country, hash_sources("production"))

    with run_as_terraform(country.production, act, ignores_interrupts=False):
        country.release()
    assert [verb for verb in country.verbs(began) if verb.startswith(("deploy-production", "terraform"))][1:6] == [
        "deploy-production: check-release-tree",
        "deploy-production: check-agreement",
        "deploy-production: check-terraform",
        "terraform: apply",
        "deploy-production: rollout",
    ]
    (revision,) = country.production.cloud_run.traffic("bot")
    assert country.production.cloud_run.variables("bot", revision)[SETTING] == "100"
    expect_one_change(country, digest)
    assert list(country.tags()) == [VERSION]


def test_a_release_does_without_nothing(country: Country) -> None:
    """Terraform fails, or nobody lets it run: no chat meets the release, and people are told."""
    country.land("feature/voice", "Listen", {"app/voice.py": "1"})
    forget_terraform(country)
    country.production.environment["TF"] = "false"
    country.release()
    assert "terraform: apply!" in country.verbs()
    assert not any("rollout" in verb for verb in country.verbs())
    expect_no_trace(country)
    (told,) = heads(country)
    assert told.startswith("❌ production ")


def test_going_back_needs_cloud_run_alone(country: Country) -> None:
    """GitHub, the registry, the bucket, the log and the figures are all down: `make rollback` takes seconds."""
    production = country.production
    country.bucket.deployments[PRODUCTION]["proven_images"] = False
    country.attest(production, second := make_digest("the second"))
    assert production.release("deploy", second) == 0
    for server in (country.github, country.registry, country.bucket, production.logging, production.monitoring):
        server.faults.fail(times=10**6)
    started = country.clock.now()
    assert production.run("rollback") == 0
    assert (country.clock.now() - started).total_seconds() <= TICK_SECONDS
    assert production.serving() == {country.first}


def test_what_the_jobs_own_token_does_starts_nothing(country: Country) -> None:
    """A pull request or a merge by GITHUB_TOKEN would wait for ever; the App's start the checks and the build."""
    allowed = {"contents": "write", "pull-requests": "write", "checks": "read"}
    job = issue_token(Actor("github-actions[bot]", allowed, starts_workflows=False))
    country.github.commit("feature/voice", "Listen", {"app/voice.py": "1"})
    country.github.take_events()
    before = list(country.actions.started)
    assert country.run_with(job, "open-pr", "--branch", "feature/voice") == 0
    country.actions.settle()
    assert country.actions.started == before
    assert country.run_with(job, "enable-auto-merge", "--pull", "1") == 0
    country.github.check("feature/voice", "light check")
    country.actions.settle()
    assert country.github.pull(1).merged_at
    assert country.actions.started == before
    country.land("feature/again", "Again", {"app/again.py": "1"})
    assert {"ci", "build-release"} <= set(country.actions.started[len(before) :])


def test_the_first_days_are_green(country: Country) -> None:
    """Before anything is set up, pushes start workflows that skip and say why; no job fails, no verb runs."""
    country.settings = {}
    country.github.state.rulesets.clear()
    began, commits = len(country.actions.ran), []
    for branch in ("feature/first", "staging", "main"):
        commits.append(country.github.commit(branch, "First steps", {f"{branch}.py": "1"}).sha)
        country.actions.settle()
    assert country.actions.ran[began:] == []
    checks = [check for commit in commits for check in country.github.state.checks[commit]]
    assert {check.conclusion for check in checks} == {"success", "skipped"}
    assert {check.conclusion for check in checks if check.name == "not set up"} == {"success"}
