"""The smaller verbs of a release, on the same servers as the rollout."""

import argparse
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy.__main__ import list_verbs, load_verb, main
from infra.deploy.arrange import WEBHOOK
from infra.deploy.assemble import SERVICES
from infra.deploy.errors import RefusedError
from infra.deploy.google_login import find_credentials
from infra.deploy.previews import name_preview
from infra.deploy.rollout import Outcome
from infra.local.telegram.server import TEST_TOKEN, run_telegram
from tests.cloud.cloud_run import Behaviour
from tests.cloud.errors import KilledError
from tests.cloud.telegram import NoticeChat
from tests.infra.deploy.town import DEPLOYMENT, ONE, THREE, TWO, Town, build_town


class QuietTelegram(NoticeChat):
    """A Telegram in which nobody writes: nothing waits to be delivered to a webhook that is not there."""

    async def _serve(self) -> None:
        async with run_telegram() as self.telegram:
            await self._stay(self.telegram.url)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two releases, one after the other; nobody writes."""
    with build_town(tmp_path) as built:
        for digest in (ONE, TWO):
            assert built.release("deploy", digest) == 0
        yield built


@pytest.fixture
def terraform(tmp_path: Path, town: Town) -> Path:
    """A program in Terraform's place that writes down how it was called."""
    calls = tmp_path / "calls"
    program = tmp_path / "terraform"
    program.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    town.environment["TF"] = str(program)
    return calls


# --- deploy, smoke, rollback ---------------------------------------------------------------------------------


def test_services_are_named_like_their_functions() -> None:
    """So that going back needs no file: what Terraform hands to the deployer has the same names."""
    functions = json.loads(DEPLOYMENT.read_text())["functions"]
    assert {name: each["service"] for name, each in functions.items()} == SERVICES


def test_deploying_again_changes_nothing(town: Town) -> None:
    """The release that is stable already: no revision, no traffic, no record moves."""
    before = town.record()
    changes = [change for change in town.cloud_run.history if change.mask != ("annotations",)]
    assert town.release("deploy", TWO) == 0
    assert [change for change in town.cloud_run.history if change.mask != ("annotations",)] == changes
    assert town.record() == before


def test_a_changed_setting_is_another_release(town: Town) -> None:
    """The same image with another variable gets revisions of its own, and the old ones can be gone back to."""
    text = town.deployment_file.read_text()
    town.deployment_file.write_text(text.replace('"memory": "512Mi"', '"memory": "1Gi"'))
    assert town.run("deploy") == 0
    record = town.record()
    assert record.stable is not None
    assert record.stable.digest == record.good[0].digest == TWO
    assert record.stable.id != record.good[0].id
    assert town.run("rollback") == 0
    stable = town.record().stable
    assert stable is not None
    assert stable.id == record.good[0].id


def test_a_changed_secret_wants_new_revisions(town: Town) -> None:
    """Nothing else changed: `--renew` makes revisions that read the secret's newest version, of the same image."""
    before = town.record().stable
    assert town.run("deploy", "--renew") == 0
    after = town.record().stable
    assert before is not None
    assert after is not None
    assert after.digest == before.digest
    assert after.id != before.id


def test_a_shell_that_names_another_project_is_refused(town: Town) -> None:
    """Nobody rolls staging back who said production; `--project` says that it is meant."""
    project = town.environment["GOOGLE_CLOUD_PROJECT"]
    town.environment["GOOGLE_CLOUD_PROJECT"] = "another-project"
    assert town.run("rollback") == 1
    assert town.serving() == {TWO}
    assert town.run("rollback", "--project", project) == 0


def test_smoke_wants_the_digest_that_everybody_is_served(town: Town) -> None:
    """The right digest passes; another one, a sick service, or an environment without a release does not."""
    smoke = ("smoke", "--deployment", str(town.deployment_file))
    assert town.run(*smoke, "--image", TWO) == 0
    assert town.run(*smoke, "--image", ONE) == 1
    town.cloud_run.behave(Behaviour(service="sweep", ready=503))
    assert town.run(*smoke) == 1


def test_rollback_needs_neither_files_nor_other_services(town: Town) -> None:
    """Only Cloud Run answers, neither GitHub nor Telegram nor the API of releases: traffic is back within seconds.

    And the release is never gone back to again.
    """
    for name in ("MONITORING_API_URL", "LOGGING_API_URL", "PROBE_BASE_URL"):
        del town.environment[name]
    town.deployment_file.write_text("")
    nobody = "http://127.0.0.1:9"
    for name in ("GITHUB_API_URL", "RELEASES_URL", "TELEGRAM_API_BASE_URL", "FIRESTORE_EMULATOR_HOST"):
        town.environment[name] = nobody
    town.environment.update(NOTIFY_BOT_TOKEN="1:TEST", NOTIFY_CHAT_ID="1", GITHUB_REPOSITORY="a/b", GITHUB_TOKEN="TEST")
    output = town.deployment_file.parent / "output"
    town.environment["GITHUB_OUTPUT"] = str(output)
    started = town.clock.now()
    assert town.run("rollback") == 0
    assert output.read_text() == "release=nanobanana_2\n"  # what the log of this run is kept under
    assert town.serving() == {ONE}
    assert (town.clock.now() - started).total_seconds() < 10
    assert town.run("rollback") == 1
    assert town.record().holder == ""


def test_who_names_a_release_leaves_that_one(tmp_path: Path) -> None:
    """A second press, or one that comes late, leaves nothing newer; the version to go back to can be named."""
    with build_town(tmp_path) as town:
        for digest in (ONE, TWO, THREE):
            assert town.release("deploy", digest) == 0
        back = ("rollback", "--release", "nanobanana_3", "--to", "1")
        for unknown in ("nanobanana_9", "9", "nanobanana_"):  # never: whatever serves
            assert town.run("rollback", "--release", unknown) == 1
        assert town.run("rollback", "--release", "nanobanana_3", "--to", "9") == 1
        assert town.serving() == {THREE}
        for _ in range(2):
            assert town.run(*back) == 0
            assert town.serving() == {ONE}
        assert town.run("rollback", "--release", "nanobanana_3", "--to", "2") == 1  # left before, for another one
        assert [each.digest for each in town.record().given_up] == [THREE]


def test_a_version_to_go_back_to_counts_during_a_rollout_too(tmp_path: Path) -> None:
    """With a candidate under way both it and what serves are left for an earlier version; an unknown one changes
    nothing.
    """
    with build_town(tmp_path) as town:
        for digest in (ONE, TWO):
            assert town.release("deploy", digest) == 0
        town.idle = {ONE, TWO, THREE}
        assert town.release("rollout", THREE) == Outcome.ASKS.value  # held at a stage: nobody uses it
        assert town.run("rollback", "--to", "9") == 1
        assert town.record().candidate is not None
        assert town.run("rollback", "--to", "1") == 0
        assert town.serving() == {ONE}
        assert town.record().candidate is None


def test_somebody_elses_rollback_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    """A second person who names another version completes the killed rollback, and is told that it leads elsewhere."""
    with build_town(tmp_path) as town:
        for digest in (ONE, TWO, THREE):
            assert town.release("deploy", digest) == 0
        town.cloud_run.faults.kill_at(4, after=True)
        with pytest.raises(KilledError):
            town.run("rollback")
        town.cloud_run.faults.revive()
        assert town.run("rollback", "--to", "1") == 1
        assert town.serving() == {TWO}
        assert town.run("rollback", "--to", "1") == 0
        assert town.serving() == {ONE}


@pytest.mark.parametrize("number", range(2, 8) if os.environ.get("TEST_SIZE") == "long" else (2, 5, 7))
def test_a_rollback_that_was_killed_is_finished_by_the_next(tmp_path: Path, number: int) -> None:
    """Anyone who calls again because the first call broke off gets what was meant, and not one release further back."""
    with build_town(tmp_path) as town:
        for digest in (ONE, TWO, THREE):
            assert town.release("deploy", digest) == 0
        town.cloud_run.faults.kill_at(number, after=number % 2 == 0)
        with pytest.raises(KilledError):
            town.run("rollback")
        town.cloud_run.faults.revive()
        assert town.run("rollback") == 0
        assert town.serving() == {TWO}
        assert town.run("rollback") == 0
        assert town.serving() == {ONE}


def test_a_lost_answer_never_goes_back_twice(town: Town) -> None:
    """The record was written and nobody said so: the second try finds it done."""
    assert town.release("deploy", THREE) == 0
    town.cloud_run.faults.lose_answers(5)
    assert town.run("rollback") == 0
    assert town.serving() == {TWO}


def test_a_rollback_without_a_login_says_how_to_get_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a hurry nobody reads a traceback."""
    del town.environment["CLOUD_RUN_API_URL"]
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    find_credentials.cache_clear()
    place = argparse.Namespace(environment="production", project="p", region="r", reason="")
    with pytest.raises(RefusedError, match="gcloud auth application-default login"):
        load_verb("rollback").run(place, town.context())


def test_a_rollback_is_told(town: Town) -> None:
    """The people's chat learns what was left, what serves, and why."""
    with NoticeChat() as chat:
        town.environment.update(chat.environment())
        assert town.run("rollback", "--reason", "pictures are blue") == 0
        (text,) = chat.texts()
    assert "production: back from 2 to 1" in text
    assert "pictures are blue" in text


def test_nobody_is_told_while_nothing_is_wrong(town: Town) -> None:
    """Smoke, a quiet watch and a rehearsal say nothing to the chat."""
    file = ("--deployment", str(town.deployment_file))
    with NoticeChat() as chat:
        town.environment.update(chat.environment())
        assert town.run("smoke", *file) == 0
        assert town.run("monitor", *file, "--image", TWO, "--minutes", "5") == 0
        assert chat.texts() == []


# --- monitor ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["errors", "money", "probes", "digest"])
def test_the_monitor_goes_back_by_traffic(town: Town, trouble: str) -> None:
    """Many errors in the new log, a wrong ledger, failing probes or a wrong digest: the release before serves."""
    new = town.cloud_run.traffic("image").popitem()[0]

    def fail(event: str) -> None:
        town.logging.write(new, "ERROR", event=event)

    match trouble:
        case "errors":
            for number in range(30):
                town.clock.schedule(60 + number, lambda: fail("request_failed"))
        case "money":
            town.clock.schedule(60, lambda: fail("ledger_mismatched"))
        case "probes":
            town.clock.schedule(60, lambda: town.cloud_run.behave(Behaviour(service="bot", digest=TWO, health=500)))
        case _:
            town.cloud_run.behave(Behaviour(service="bot", digest=TWO, version={"digest": ONE}))
    assert town.run("monitor", "--deployment", str(town.deployment_file), "--image", TWO) == 1
    assert town.serving() == {ONE}


def test_the_monitor_reads_only_the_new_revisions(town: Town) -> None:
    """What an old revision still writes is not the new one's fault; nor is a log that cannot be read."""
    old = town.cloud_run.tags("image")[town.record().good[0].tag]
    for _ in range(30):
        town.logging.write(old, "ERROR", event="request_failed")
    town.logging.faults.fail(times=3)
    assert town.run("monitor", "--deployment", str(town.deployment_file), "--image", TWO) == 0
    assert town.serving() == {TWO}


def test_the_monitor_leaves_alone_what_a_person_went_back_to(town: Town) -> None:
    """Somebody rolls back while it watches: what serves now was not the one it watched, and stays."""
    assert town.release("deploy", THREE) == 0
    town.clock.schedule(100, lambda: town.run("rollback"))
    assert town.run("monitor", "--deployment", str(town.deployment_file), "--image", THREE) == 1
    assert town.serving() == {TWO}


def test_the_monitor_watches_what_was_deployed_and_nothing_else(town: Town) -> None:
    """Asked about a release that is not stable it refuses instead of rolling back a stranger."""
    assert town.run("monitor", "--deployment", str(town.deployment_file), "--image", ONE) == 1
    assert town.serving() == {TWO}


# --- rehearsal, preview, apply -----------------------------------------------------------------------------------


def test_a_rehearsal_goes_back_and_comes_again(tmp_path: Path) -> None:
    """On staging each release is left for the one before and returned to; the record does not change."""
    with build_town(tmp_path, "staging") as town:
        file = ("--deployment", str(town.deployment_file))
        assert town.release("deploy", ONE) == 0
        assert town.run("rehearse-rollback", *file) == 0  # nothing to go back to yet
        assert town.release("deploy", TWO) == 0
        before, routes = town.record(), len(town.cloud_run.routes)
        assert town.run("rehearse-rollback", *file) == 0
        shown = [
            town.cloud_run.digest(WEBHOOK, next(iter(route.traffic)))
            for route in town.cloud_run.routes[routes:]
            if route.service == WEBHOOK
        ]
        assert shown == [ONE, TWO]
        assert town.record() == before


def test_production_is_not_rehearsed_with(town: Town) -> None:
    """A rehearsal would show people the old version."""
    assert town.run("rehearse-rollback", "--deployment", str(town.deployment_file)) == 1
    assert town.serving() == {TWO}


def test_a_preview_has_an_address_and_no_chats(tmp_path: Path) -> None:
    """A branch's revisions answer under their own tag, get no traffic, and survive the next release."""
    with build_town(tmp_path, "dev") as town:
        file = ("--deployment", str(town.deployment_file), "--author", "ada")
        assert town.release("deploy", ONE) == 0
        tag = name_preview("ada", "feature/Big thing")
        assert town.run("preview", *file, "--image", TWO, "--name", "feature/Big thing") == 0
        assert town.serving() == {ONE}
        assert town.release("deploy", THREE) == 0
        revision = town.cloud_run.tags("bot")[tag]
        assert town.cloud_run.digest("bot", revision) == TWO
        assert tag in town.cloud_run.variables("bot", revision)["IMAGE_TASK_URL"]
        assert town.run("preview", *file, "--image", THREE, "--name", "feature/Big thing") == 0  # pushed again
        assert town.cloud_run.digest("bot", town.cloud_run.tags("bot")[tag]) == THREE
        again = ("--image", TWO, "--name", "feature/Big thing", "--commit", "c" * 40)
        assert town.run("preview", *file, *again) == 0  # taken back: the same image from another commit
        assert town.cloud_run.digest("bot", town.cloud_run.tags("bot")[tag]) == TWO


def test_apply_is_terraform_then_a_release_then_the_webhook(town: Town, terraform: Path) -> None:
    """One command: Terraform under the lock, the image live, Telegram's webhook as the last step."""
    with QuietTelegram() as chat:
        telegram = chat.environment()["TELEGRAM_API_BASE_URL"]
        secrets = {"TELEGRAM_BOT_TOKEN": TEST_TOKEN, "TELEGRAM_WEBHOOK_SECRET": "TEST-not-a-real-secret"}
        town.environment.update(secrets, TELEGRAM_API_BASE_URL=telegram)
        assert town.run("apply", "--image", THREE, "--yes", "--at-once") == 0
        methods = [call["method"] for call in chat.telegram.calls()]
    assert [line.split()[1] for line in terraform.read_text().splitlines()] == ["init", "apply"]
    assert town.serving() == {THREE}
    assert "setWebhook" in methods
    assert methods.index("setWebhook") < len(methods) - 1 - methods[::-1].index("getWebhookInfo")


def test_apply_without_an_image_keeps_the_live_one(town: Town, terraform: Path) -> None:
    """Only what Terraform changed is new."""
    assert town.run("apply", "--no-webhook", "--yes") == 0
    assert town.serving() == {TWO}


def test_a_failed_terraform_releases_nothing(town: Town, terraform: Path) -> None:
    """Neither a half-applied environment gets a new image, nor stays the lock."""
    Path(town.environment["TF"]).write_text("#!/bin/sh\nexit 1\n")
    assert town.run("apply", "--image", THREE, "--yes") == 1
    assert town.serving() == {TWO}
    assert town.record().holder == ""


def test_another_environments_file_is_refused(town: Town) -> None:
    """Staging's variables never reach production."""
    arguments = ["deploy", "--environment", "staging", "--deployment", str(town.deployment_file), "--image", THREE]
    assert main(arguments, town.context()) == 1
    assert town.serving() == {TWO}


@pytest.mark.parametrize(("name", "code"), [("dev", 0), ("production", 1)])
def test_a_file_of_ones_own_asks_for_signatures_too(tmp_path: Path, name: str, code: int) -> None:
    """Whether signatures are asked for is Terraform's decision: a file that asks for none counts in dev alone."""
    with build_town(tmp_path, name) as town:
        assert town.release("deploy", ONE, "--deployment", str(town.deployment_file)) == code


# --- all verbs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["deploy", "rollout", "rollback", "preview", "rehearse-rollback"])
def test_a_dry_run_changes_nothing(tmp_path: Path, verb: str) -> None:
    """It says what it would do, and no service is touched."""
    with build_town(tmp_path, "staging") as town:
        for digest in (ONE, TWO):
            assert town.release("deploy", digest) == 0
        changes, said = len(town.cloud_run.history), len(town.lines)
        context = replace(town.context(), dry_run=True)
        arguments = [verb, "--environment", "staging", "--dry-run"]
        if verb in {"deploy", "rollout", "preview"}:
            arguments += ["--image", THREE]
        if verb == "preview":
            arguments += ["--name", "feature/x"]
        assert main(arguments, context) == 0
        assert len(town.cloud_run.history) == changes
        assert any("would" in line for line in town.lines[said:])


@pytest.mark.parametrize("verb", list_verbs())
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` works for each, names --dry-run, and says in a sentence what it does."""
    assert load_verb(verb).HELP.endswith(".")
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert "--dry-run" in capsys.readouterr().out
