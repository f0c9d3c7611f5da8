"""Reports to the API of releases, and the question whether a release was agreed to."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy import report_step, rollout_reports
from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.judge import Figures, Latency, Verdict
from infra.deploy.rollout_reports import RolloutReports
from shared.releases.actor import ActorKind
from shared.releases.change_member import make_join_code
from shared.releases.decide_wish import decide_go_on, decide_pause
from shared.releases.invite import CODE_CHARACTERS
from shared.releases.release import Status, release_id
from shared.releases.release_documents import decode_member, member_key
from tests.cloud.clock import FakeClock
from tests.cloud.releases import Job, Releases
from tests.fakes.releases import INITIATOR, MANAGER, QA, RUN, SERVICE, digest_of, hash_of
from tests.infra.deploy.town import read_deployment

TAG = "v1.0.0"
ID = release_id(SERVICE, TAG)
BUILD = Job("build-release.yml", "staging", "refs/heads/staging")
DEPLOY = Job("deploy-production.yml", "production", run_id="72")


class Desk:
    """A job's machine."""

    def __init__(self, releases: Releases, folder: Path) -> None:
        self.releases, self.folder, self.clock = releases, folder, FakeClock()
        self.said: list[str] = []
        found = read_deployment("production")
        found |= {"asks_agreement": True, "environment": "production", "project": "p"}
        found["functions"]["releases"]["url"] = releases.url
        self.write_deployment(found)

    def write_deployment(self, found: dict[str, object]) -> None:
        (self.folder / "deployment.json").write_text(json.dumps(found))

    def run(self, job: Job, *arguments: str, **changes: str) -> int:
        output = self.folder / "output"
        output.write_text("")
        names = {"GITHUB_RUN_ID": job.run_id, "GITHUB_REF": job.ref, "GITHUB_OUTPUT": str(output)}
        environment = {"RELEASES_URL": self.releases.url, **names, **self.releases.introduce(job), **changes}
        return main(arguments, Context(environment, clock=self.clock, say=self.said.append))

    def check(self, tree: str = hash_of(TAG), *more: str, job: Job = DEPLOY) -> int:
        place = ("--environment", "production", "--project", "p", "--region", "r")
        file = ("--deployment", str(self.folder / "deployment.json"))
        return self.run(job, "check-agreement", *place, *file, "--tree", tree, *more)

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.folder / "output").read_text().splitlines())

    def bring(self, status: Status, tag: str = TAG) -> None:
        self.releases.do(self.releases.releasing.bring(tag, status))

    def status(self, tag: str = TAG) -> Status:
        return self.releases.do(self.releases.releasing.read(tag)).status


def open_reports(desk: Desk, **changes: str) -> RolloutReports:
    environment = {
        "RELEASES_URL": desk.releases.url,
        "RELEASE": ID,
        **desk.releases.introduce(replace(DEPLOY, run_id=RUN)),
        **changes,
    }
    return RolloutReports(Context(environment, clock=desk.clock, say=desk.said.append))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Releases() as releases:
        releases.do(releases.releasing.invite_all())
        yield Desk(releases, tmp_path)


def report(desk: Desk, status: Status, *more: str, job: Job = BUILD, **changes: str) -> int:
    return desk.run(job, "report", "--release", ID, "--status", status.value, *more, **changes)


def test_staging_reports_its_way(desk: Desk) -> None:
    """From building, with its phases, to a candidate with the image that /version showed, and with the run's log."""
    desk.bring(Status.BUILDING)
    phase = ("--phase", "deploy")
    code = report(desk, Status.BUILDING, *phase, GITHUB_SERVER_URL="https://github.test", GITHUB_REPOSITORY="o/n")
    assert code == 0
    image = ("--image", digest_of(TAG), "--seen", "smoke", "--seen", "way-back")
    assert report(desk, Status.MANUAL_TESTING, *image) == 0
    release = desk.releases.do(desk.releases.releasing.read(TAG))
    assert (release.status, release.digest) == (Status.MANUAL_TESTING, digest_of(TAG))
    assert release.log_link == f"https://github.test/o/n/actions/runs/{BUILD.run_id}"


def test_a_report_whose_answer_is_lost_is_made_again(desk: Desk) -> None:
    """GitHub's tokens, or the API, fail twice: the step is reported once."""
    desk.bring(Status.BUILDING)
    desk.releases.token_faults.fail(times=1)
    desk.releases.faults.fail(times=1)
    assert report(desk, Status.BUILDING, "--phase", "deploy") == 0
    history = desk.releases.do(desk.releases.releasing.history(TAG))
    assert [event["phase"] for event in history if not event.get("refusal")][-1] == "deploy"
    assert len([event for event in history if event["phase"] == "deploy"]) == 1


def test_an_account_is_joined_once(desk: Desk) -> None:
    """The account that starts the workflow is joined to the member who made the code; by its branch of main alone, and
    a code that is none joins nobody."""
    releasing, code = desk.releases.releasing, "c" * CODE_CHARACTERS
    desk.releases.do(make_join_code(releasing.ports, QA, code))
    joining = Job("join-release-bot.yml", "")
    for job, given in ((Job("join-release-bot.yml", "", "refs/heads/mine"), code), (BUILD, code), (joining, "x")):
        assert desk.run(job, "join-release-bot", "--code", given) == 1
    assert desk.run(joining, "join-release-bot", "--code", code, RELEASES_URL="") == 1
    assert desk.run(joining, "join-release-bot", "--code", code) == 0
    [record] = desk.releases.do(releasing.store.read([member_key(QA)]))
    assert record is not None
    assert decode_member(record).github_id == INITIATOR


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("no address", "not reported, as there is no RELEASES_URL"),
        ("down", "503"),
        ("refused", "not reported"),
        ("no job", "not a job of GitHub"),
        ("no release", "404"),
    ],
)
def test_a_report_fails_nothing(desk: Desk, trouble: str, words: str) -> None:
    """Without an address, an answer, a token, a release or the right to it: one line, and the deployment goes on."""
    changes: dict[str, str] = {}
    if trouble != "no release":
        desk.bring(Status.BUILDING)
    if trouble == "no address":
        changes = {"RELEASES_URL": ""}
    elif trouble == "down":
        desk.releases.faults.fail(times=10**6)
    elif trouble == "no job":
        changes = {"ACTIONS_ID_TOKEN_REQUEST_URL": ""}
    assert report(desk, Status.DEPLOYED, job=DEPLOY, **changes) == 0
    [line] = desk.said
    assert words in line
    assert "\n" not in line


def test_a_slow_report_delays_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An API that never answers is left alone after the time of one report."""
    over = threading.Event()
    monkeypatch.setattr(report_step, "REPORT_SECONDS_MAX", 0.01)
    context = Context({"RELEASES_URL": desk.releases.url}, say=desk.said.append)
    assert report_step.try_report(context, "a step", lambda api: over.wait()) is None
    over.set()
    assert desk.said == ["::warning::not reported: a step: no answer in time"]


def test_an_error_of_ours_fails_nothing(desk: Desk) -> None:
    """Whatever a report stumbles over stays in it."""
    context = Context({"RELEASES_URL": desk.releases.url}, say=desk.said.append)
    assert report_step.try_report(context, "a step", lambda api: 1 // 0) is None
    assert desk.said == ["::warning::not reported: a step: ZeroDivisionError"]


def test_what_was_agreed_to_begins(desk: Desk) -> None:
    """The question takes production's place for the release, and the same run may ask again."""
    desk.bring(Status.MANUAL_TEST_PASSED)
    for _ in range(2):
        assert desk.check() == 0
        assert desk.outputs() == {"agreed": "true", "release": ID, "version": TAG}
        assert desk.status() is Status.DEPLOYING
    assert desk.check(job=Job("deploy-production.yml", "production", run_id="73")) == 1


@pytest.mark.parametrize("status", [Status.INITIATED, Status.BUILDING, Status.MANUAL_TESTING])
def test_what_nobody_agreed_to_waits(desk: Desk, status: Status) -> None:
    """A merge before the last agreement deploys nothing and is no failure: the agreement starts it."""
    desk.bring(status)
    assert desk.check() == 0
    assert desk.outputs()["agreed"] == "false"
    assert desk.status() is status


def test_one_agreement_is_not_enough(desk: Desk) -> None:
    """The quorum is of two."""
    desk.bring(Status.MANUAL_TESTING)
    desk.releases.do(desk.releases.releasing.approve(QA, TAG))
    assert desk.check() == 0
    assert desk.outputs()["agreed"] == "false"


def test_other_files_than_those_agreed_to(desk: Desk) -> None:
    """Whoever agrees before the merge is told to merge; files without a release have to be built."""
    desk.bring(Status.MANUAL_TEST_PASSED)
    assert desk.check(hash_of("other"), "--release", ID) == 0
    assert desk.outputs()["agreed"] == "false"
    assert desk.check(hash_of("other")) == 0
    assert desk.outputs()["agreed"] == "false"
    assert desk.status() is Status.MANUAL_TEST_PASSED


def test_a_hold_stops_what_was_agreed_to(desk: Desk) -> None:
    """A manager's hold after the agreement counts: it is asked in the commit that begins the deployment."""
    desk.bring(Status.MANUAL_TEST_PASSED)
    from shared.releases.steer_environment import set_hold

    desk.releases.do(set_hold(desk.releases.releasing.ports, MANAGER, "not today"))
    assert desk.check() == 1
    assert desk.status() is Status.MANUAL_TEST_PASSED


def test_what_serves_may_be_looked_at_again(desk: Desk) -> None:
    """The release that serves was agreed to, for its own files alone; one that has failed was not."""
    desk.bring(Status.DEPLOYED)
    assert desk.check(hash_of("other"), "--release", ID) == 0
    assert desk.outputs()["agreed"] == "false"
    assert desk.check() == 0
    assert desk.outputs() == {"agreed": "true", "release": "", "version": TAG}
    desk.bring(Status.DEPLOYING, "v1.1.0")
    evidence = {"run": "71"}
    desk.releases.do(desk.releases.releasing.report(ActorKind.DEPLOY, "v1.1.0", Status.PRODUCTION_FAILED, **evidence))
    assert desk.check(hash_of("v1.1.0")) == 1


def test_nobody_to_ask_deploys_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """With the API down there is no deployment; where Terraform asks for no agreement nobody is asked."""
    desk.bring(Status.MANUAL_TEST_PASSED)
    desk.releases.faults.fail(times=10**6)
    assert desk.check() == 1
    assert "nothing is deployed" in capsys.readouterr().err
    found = json.loads((desk.folder / "deployment.json").read_text())
    desk.write_deployment(found | {"asks_agreement": False})
    assert desk.check() == 0
    assert desk.outputs() == {"agreed": "true", "release": "", "version": ""}


GOOD, BAD = (Figures(delivered=198, failed=2, latency={"bot": Latency(60, 840.4)}), Figures(delivered=1, failed=1))


def list_phases(desk: Desk) -> list[str]:
    history = desk.releases.do(desk.releases.releasing.history(TAG))
    return [event["phase"] for event in history if event["target"] == "deploying" and not event["refusal"]][1:]


def test_people_see_both_sides_of_a_stage(desk: Desk) -> None:
    """A stage, a verdict and every ten minutes the figures; a side without jobs is left out; it fits into a phase."""
    desk.bring(Status.DEPLOYING)
    reports = open_reports(desk)
    for verdict, sides, seconds in (
        (Verdict.UNPROVEN, (None, Figures()), 30),
        (Verdict.UNPROVEN, (GOOD, BAD), 30),
        (Verdict.PASS, (GOOD, BAD), 30),
        (Verdict.PASS, (BAD, GOOD), 600),
        (Verdict.PASS, (BAD, GOOD), 0),
    ):
        reports.tell_stage("25", verdict, sides)
        desk.clock.advance(seconds)
    both = "candidate: 1.0 % errors, 840 ms; stable: 50.0 % errors"
    assert list_phases(desk) == [
        "stage 25; 25 %; verdict: unproven",
        f"stage 25; 25 %; {both}; verdict: pass",
        "stage 25; 25 %; candidate: 50.0 % errors; stable: 1.0 % errors, 840 ms; verdict: pass",
    ]


def test_a_rollout_waits_while_people_want_it(desk: Desk) -> None:
    """It says so once, remembers it while the API is down, goes on when it may, and asks nobody without a release."""
    desk.bring(Status.DEPLOYING)
    reports, releasing = open_reports(desk), desk.releases.releasing
    assert not reports.is_paused("5")
    desk.releases.do(releasing.press(QA, TAG, Status.DEPLOYING, decide_pause, phase="pause"))
    assert [reports.is_paused("5") for _ in range(2)] == [True, True]
    desk.releases.faults.fail(3)
    assert reports.is_paused("5")
    desk.releases.do(releasing.press(MANAGER, TAG, Status.DEPLOYING, decide_go_on, phase="go on"))
    assert not reports.is_paused("5")
    assert list_phases(desk) == ["pause", "paused at stage 5", "go on"]
    assert not open_reports(desk, RELEASE="").is_paused("5")


def test_slow_reports_delay_a_rollout_by_a_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may take forty seconds, until a minute is used up; from then on a second each."""
    given: list[float] = []

    def take_all(*_: object, seconds_max: float = 0.0, **__: object) -> None:
        given.append(seconds_max)
        desk.clock.advance(seconds_max)

    monkeypatch.setattr(rollout_reports, "report_step", take_all)
    monkeypatch.setattr(
        rollout_reports, "try_report", lambda context, what, ask, seconds: take_all(seconds_max=seconds)
    )
    reports = open_reports(desk)
    for stage in ("5", "25", "50"):
        reports.tell(stage)
        assert not reports.is_paused(stage)
    assert given == [40.0, 20.0, 1.0, 1.0, 1.0, 1.0]


def test_a_pause_has_an_end(desk: Desk) -> None:
    """After an hour of all pauses a person has to decide, however long a look and a report take meanwhile."""
    desk.bring(Status.DEPLOYING)
    reports, releasing = open_reports(desk), desk.releases.releasing

    def look_after(minutes: float) -> tuple[bool, bool]:
        desk.clock.advance(minutes * 60)
        return reports.is_paused("5"), reports.is_pause_used_up()

    for minutes in (20, 39):
        desk.releases.do(releasing.press(QA, TAG, Status.DEPLOYING, decide_pause))
        assert look_after(1) == (True, False)
        desk.releases.do(releasing.press(QA, TAG, Status.DEPLOYING, decide_go_on))
        assert look_after(minutes) == (False, False)
    desk.releases.do(releasing.press(QA, TAG, Status.DEPLOYING, decide_pause))
    assert look_after(30) == (True, False)
    assert look_after(1) == (True, True)
