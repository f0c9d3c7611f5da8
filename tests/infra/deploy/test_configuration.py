"""Configuration on its way to the chats: stage by stage as code, and a release waits for what it needs."""

import argparse
import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.__main__ import main
from infra.deploy.prerequisites import NAMED_MAX, WAIT_SECONDS_MAX, list_indexes, list_missing
from infra.deploy.record import begin
from infra.deploy.release_verb import choose_release
from infra.deploy.revisions import make_release
from infra.deploy.terraform_sources import DATA, hash_sources
from tests.cloud.cloud_run import Behaviour
from tests.cloud.telegram import NoticeChat
from tests.infra.deploy.town import ONE, TWO, Town, build_town

ASKS = 3
TERRAFORM_SECONDS = 600
SETTING = "SPEND_USD_PER_DAY_MAX"
STAGES = ["0", "5", "25", "50", "100"]
Facts = dict[str, Any]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """One release serves; nobody writes."""
    with build_town(tmp_path) as built:
        assert built.release("deploy", ONE) == 0
        yield built


def change(town: Town, edit: Callable[[Facts], object]) -> None:
    found = json.loads(town.deployment_file.read_text())
    edit(found)
    town.deployment_file.write_text(json.dumps(found))


def set_limit(found: Facts) -> None:
    found["functions"]["bot"]["env"][SETTING] = "100"


@pytest.fixture
def terraform(town: Town) -> None:
    """People write; Terraform is a program that raises a limit which the functions read."""
    town.live()
    after = town.deployment_file.with_name("after.json")
    before = town.deployment_file.read_text()
    change(town, set_limit)
    after.write_text(town.deployment_file.read_text())
    town.deployment_file.write_text(before)
    program = town.deployment_file.with_name("terraform")
    program.write_text(f'#!/bin/sh\ncase "$*" in *" apply "*) cp {after} {town.deployment_file};; esac\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    town.environment["TF"] = str(program)


def apply(town: Town, *more: str) -> int:
    return town.run("apply", "--no-webhook", "--yes", *more)


def read_limit(town: Town) -> str:
    """What the bot that serves most people reads."""
    (revision,) = town.cloud_run.traffic("bot")
    return town.cloud_run.variables("bot", revision)[SETTING]


def percents(town: Town) -> list[str]:
    """The shares of chats that webhooks were made for, the first to come first."""
    made = [town.cloud_run.variables("webhook", each) for each in town.cloud_run.revisions("webhook")]
    return [each["CANDIDATE_PERCENT"] for each in made if "CANDIDATE_PERCENT" in each]


# --- stages ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("terraform")
def test_configuration_reaches_people_stage_by_stage(town: Town) -> None:
    """An apply in production makes revisions of the image that serves, and leads ever more chats to them."""
    assert apply(town) == 0
    assert percents(town) == STAGES
    assert (read_limit(town), town.serving()) == ("100", {ONE})


@pytest.mark.usefixtures("terraform")
def test_configuration_that_does_harm_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs fail as soon as a chat has the new setting: the old one serves everybody, and the image is not blamed."""
    stable = town.record().stable
    real = town.monitoring.add_jobs

    def add_jobs(revision: str, state: str, count: int) -> None:
        is_bad = stable is not None and stable.id not in revision and state == "delivered"
        real(revision, state, 0 if is_bad else count)
        real(revision, "failed", count if is_bad else 0)

    monkeypatch.setattr(town.monitoring, "add_jobs", add_jobs)
    assert apply(town) == 1
    assert read_limit(town) == ""
    assert town.record().stable == stable
    assert percents(town) == STAGES[: len(percents(town))] != STAGES


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize("service", ["bot", "image"])
def test_configuration_that_does_not_start_meets_nobody(town: Town, service: str) -> None:
    """The probes of its revisions fail, so no chat is led there."""
    stable = town.record().stable
    assert stable is not None
    town.cloud_run.behave(Behaviour(service=service, revision=stable.revision(service)))
    town.cloud_run.behave(Behaviour(service=service, ready=503))
    assert apply(town) == 1
    assert (percents(town), read_limit(town)) == ([], "")


@pytest.mark.usefixtures("terraform")
def test_terraform_alone_leaves_the_traffic(town: Town) -> None:
    """The new configuration waits without revisions; the next rollout brings it along with its image."""
    changes = len([each for each in town.cloud_run.history if each.mask != ("annotations",)])
    assert apply(town, "--only-terraform") == 0
    assert len([each for each in town.cloud_run.history if each.mask != ("annotations",)]) == changes
    assert read_limit(town) == ""
    assert town.release("rollout", TWO) == 0
    assert (read_limit(town), town.serving(), percents(town)) == ("100", {TWO}, STAGES)


@pytest.mark.usefixtures("terraform")
def test_a_revoked_secret_cannot_wait_for_stages(town: Town) -> None:
    """`--renew --at-once` switches after the probes, in production too."""
    assert apply(town, "--renew", "--at-once") == 0
    assert (read_limit(town), percents(town)) == ("100", [])


def test_a_renewed_candidate_is_continued(town: Town) -> None:
    """Only its secrets are newer. It was held at a stage; a rollout takes up that very candidate, and not stable."""
    place, now = town.deployment(), town.clock.now()
    renewed = make_release(place, ONE, "1", "", now, renewed=True)
    record = begin(town.record(), renewed, now)
    args = argparse.Namespace(image=None, version="", commit="", renew=False)
    assert choose_release(args, place, record, now, resume=True) == record.candidate


def test_two_databases_are_never_written_at_once(town: Town) -> None:
    """After a restore stages would lead some chats to one database and some to the other: a person's apply switches."""
    change(town, lambda found: found["functions"]["bot"]["env"].update(FIRESTORE_DATABASE="restored-1121"))
    assert town.release("rollout", TWO) == 1
    assert (town.serving(), town.record().holder) == ({ONE}, "")
    town.environment["TF"] = "true"
    assert apply(town) == 0
    (revision,) = town.cloud_run.traffic("bot")
    assert town.cloud_run.variables("bot", revision)["FIRESTORE_DATABASE"] == "restored-1121"
    assert percents(town) == []


def test_nobody_returns_to_a_database_that_was_left(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """After a restore the release before still uses the old database: going back to it would lose what came since."""
    change(town, lambda found: found["functions"]["bot"]["env"].update(FIRESTORE_DATABASE="restored-1121"))
    town.environment["TF"] = "true"
    assert apply(town, "--at-once") == 0
    serving = town.cloud_run.traffic("bot")
    assert town.run("rollback") == 1
    assert "make switch-over ENV=" in capsys.readouterr().err
    assert (town.cloud_run.traffic("bot"), town.record().holder) == (serving, "")
    assert town.release("deploy", TWO) == 0
    assert town.run("rollback") == 0
    assert town.cloud_run.traffic("bot") == serving


# --- what a release needs ----------------------------------------------------------------------------------------


def drop_function(found: Facts) -> None:
    del found["functions"]["api"]


def drop_variable(found: Facts) -> None:
    del found["functions"]["bot"]["env"][SETTING]


def drop_secret(found: Facts) -> None:
    del found["functions"]["bot"]["secrets"]["TELEGRAM_BOT_TOKEN"]


def drop_queue(found: Facts) -> None:
    del found["queues"]["bot-7"]


def drop_index(found: Facts) -> None:
    found["indexes"].remove(list_indexes()[0])


def write_as_before(found: Facts) -> None:
    """As a release from before decision 0108 left it."""
    del found["indexes"], found["sources"]


NEEDS: dict[str, tuple[Callable[[Facts], object], str]] = {
    "a function": (drop_function, "function api"),
    "a variable": (drop_variable, f"variable {SETTING} of bot"),
    "a secret": (drop_secret, "secret telegram-bot-token of bot"),
    "a queue": (drop_queue, "queue bot-7"),
    "an index": (drop_index, f"index {list_indexes()[0]}"),
    "all indexes": (write_as_before, f"index {list_indexes()[4]} and {len(list_indexes()) - NAMED_MAX} more"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_a_release_waits_for_terraform_and_says_for_what(town: Town, name: str) -> None:
    """What Terraform makes is missing: nothing is touched and the lock is free until it is there, ten minutes later."""
    drop, words = NEEDS[name]
    complete = town.deployment_file.read_text()
    change(town, drop)
    holders: list[str] = []

    def run_terraform() -> None:
        holders.append(town.record().holder)
        town.deployment_file.write_text(complete)

    town.clock.schedule(TERRAFORM_SECONDS, run_terraform)
    changes, started = len(town.cloud_run.history), town.clock.now()
    with NoticeChat() as chat:
        town.environment.update(chat.environment())
        assert town.release("deploy", TWO) == 0
        (told,) = chat.texts()
    assert holders == [""]
    assert words in told
    assert any(words in line for line in town.lines)
    assert min(each.at for each in town.cloud_run.history[changes:]) - started >= timedelta(seconds=TERRAFORM_SECONDS)
    assert town.serving() == {TWO}


@pytest.mark.parametrize("is_disabled", [True, False])
def test_a_release_waits_for_the_value_of_a_secret(town: Town, *, is_disabled: bool) -> None:
    """Cloud Run starts no revision with a secret that cannot be read, so the candidate would have been given up."""
    name = "telegram-bot-token"
    value = town.secrets.values[name]

    def give() -> None:
        town.secrets.values[name] = value
        town.secrets.disabled.clear()

    if is_disabled:
        town.secrets.disabled.add(name)
    else:
        del town.secrets.values[name]
    town.clock.schedule(TERRAFORM_SECONDS, give)
    assert town.release("deploy", TWO) == 0
    assert any(f"{'an enabled version' if is_disabled else 'a value'} of secret {name}" in line for line in town.lines)
    assert town.record().given_up == ()


def test_what_never_comes_is_asked_about(town: Town) -> None:
    """After an hour a person has to decide: nothing was changed, and nobody is kept waiting by a lock."""
    change(town, drop_variable)
    changes, started = len(town.cloud_run.history), town.clock.now()
    with NoticeChat() as chat:
        town.environment.update(chat.environment())
        assert town.release("rollout", TWO) == ASKS
        assert len(chat.texts()) == 1
    assert (town.clock.now() - started).total_seconds() >= WAIT_SECONDS_MAX
    assert len(town.cloud_run.history) == changes
    assert town.serving() == {ONE}


def test_a_dry_run_waits_for_nothing(town: Town) -> None:
    """It says what a release would wait for."""
    change(town, drop_variable)
    started = town.clock.now()
    arguments = ["deploy", "--environment", "production", "--image", TWO]
    assert main([*arguments, "--dry-run"], replace(town.context(), dry_run=True)) == 0
    assert town.clock.now() == started
    assert any(SETTING in line for line in town.lines)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "the right to look at secrets (roles/secretmanager.viewer)"), (503, "an answer of Secret Manager (")],
)
def test_secrets_that_cannot_be_looked_at(town: Town, status: int, words: str) -> None:
    """Before Terraform has granted that right, or while nobody answers, that is what the release waits for."""
    town.secrets.faults.fail(status=status)
    (missing,) = list_missing(town.deployment(), town.context())
    assert missing.startswith(words)


# --- whether Terraform has to run ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sources", ["", "0" * 64, None])
def test_it_is_known_whether_terraform_has_to_run(town: Town, tmp_path: Path, sources: str | None) -> None:
    """It was applied with these very files, with others, or before it wrote that down."""
    if sources is not None:
        change(town, lambda found: found.update(sources=sources))
    town.environment["GITHUB_OUTPUT"] = str(tmp_path / "output")
    assert town.run("check-terraform") == 0
    assert (tmp_path / "output").read_text() == f"due={'false' if sources is None else 'true'}\n"


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("terraform/modules/product/main.tf", True),
        ("terraform/environments/production/main.tf", True),
        ("infra/firestore.indexes.json", True),
        ("infra/releases.indexes.json", True),
        ("infra/functions.json", True),
        ("terraform/environments/staging/main.tf", False),
        ("terraform/README.md", False),
    ],
)
def test_what_terraform_reads_counts(tmp_path: Path, path: str, *, counts: bool) -> None:
    """A changed file of an environment changes that environment's hash, and no other file does."""
    for name in ("modules/product", "environments/production", "environments/staging"):
        (tmp_path / "terraform" / name).mkdir(parents=True)
        (tmp_path / "terraform" / name / "main.tf").write_text("before")
    (tmp_path / "infra").mkdir()
    for name in (*DATA, "terraform/README.md"):
        (tmp_path / name).write_text("before")
    before = hash_sources("production", tmp_path)
    (tmp_path / path).write_text("after")
    assert (hash_sources("production", tmp_path) != before) == counts
