"""A rollback while Terraform runs, in both orders, on a local Google; and where the record lies."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from google.cloud.run_v2.types import Container, RevisionTemplate, Service

from infra.deploy import terraform_run
from infra.deploy.cloud_run import CloudRun as CloudRunClient
from infra.deploy.cloud_run import serve
from infra.deploy.desk import ANNOTATION, LEASE_SECONDS, MOVED, RECORD_SERVICE
from infra.deploy.errors import ConflictError, DeployError, MissingError
from infra.deploy.record import Record
from infra.functions import FUNCTIONS
from tests.cloud.cloud_run import PLACEHOLDER
from tests.cloud.errors import KilledError
from tests.infra.deploy.town import ONE, THREE, TWO, Town, build_town

IS_LONG = os.environ.get("TEST_SIZE") == "long"
PLAYS = range(50) if IS_LONG else (0, 4, 17)
FOREVER_SECONDS = 3600.0
TERRAFORM = """
import signal, sys, urllib.request
if "{ignores}":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
if "apply" in sys.argv:
    urllib.request.urlopen("{url}", b"")
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two releases, one after the other; nobody writes."""
    with build_town(tmp_path) as built:
        for digest in (ONE, TWO):
            assert built.release("deploy", digest) == 0
        yield built


@contextmanager
def run_as_terraform(town: Town, act: Callable[[], object], *, ignores_interrupts: bool) -> Iterator[None]:
    """`TF` is a program that has `act` done here and ends when that has ended."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            act()
            with suppress(BrokenPipeError):
                self.send_response(200)
                self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        program = town.deployment_file.with_name("terraform.py")
        url = f"http://127.0.0.1:{server.server_port}"
        program.write_text(TERRAFORM.format(ignores="yes" if ignores_interrupts else "", url=url))
        town.environment["TF"] = f"{sys.executable} -IS {program}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def read_services(town: Town) -> dict[str, Service]:
    """What Terraform's refresh reads and its update sends back, the annotations too."""
    return {name: town.cloud_run.service(name) for name in FUNCTIONS}


def apply(town: Town) -> int:
    return town.run("apply", "--no-webhook", "--yes")


def assert_is_back(town: Town) -> None:
    """Release 1 serves, and the record says so; nobody is at work."""
    town.cloud_run.finish()
    record = town.record()
    assert town.serving() == {ONE}
    assert record.stable is not None
    assert record.stable.digest == ONE
    assert record.holder == ""
    assert not record.is_applying(town.clock.now())


# --- both orders -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("play", PLAYS)
def test_a_rollback_outlasts_terraforms_writes(town: Town, play: int) -> None:
    """An apply was killed while writes of its Terraform were on their way: they come amid the rollback and after it."""
    stale = read_services(town)
    town.open_desk("apply").take(applies=True)
    left = iter(range(play % 10 + 1))

    def write_all(what: str = "") -> None:
        if what and next(left, None) is not None:
            return
        town.cloud_run.faults.before_change = lambda what: None
        for name, service in stale.items():
            town.cloud_run.overwrite(name, service)

    town.cloud_run.faults.before_change = write_all
    town.clock.schedule(20 + play * 11, write_all)
    assert town.run("rollback") == 0
    town.clock.advance(LEASE_SECONDS)  # what was not met by now comes too late
    assert_is_back(town)


@pytest.mark.parametrize("play", PLAYS)
def test_an_apply_that_ends_last_arranges_the_traffic(
    town: Town, play: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rollback comes between two of Terraform's writes and ends first: the apply undoes what Terraform undid."""
    monkeypatch.setattr(terraform_run, "POLL_SECONDS", FOREVER_SECONDS)
    start, names = play // len(FUNCTIONS), list(FUNCTIONS)
    names = [*names[start:], *names[:start]]
    rollbacks: list[int] = []

    def act() -> None:
        stale = read_services(town)
        for number, name in enumerate(names):
            if number == play % len(names):
                rollbacks.append(town.run("rollback"))
            town.cloud_run.overwrite(name, stale[name])

    with run_as_terraform(town, act, ignores_interrupts=True):
        assert apply(town) == 1
    assert rollbacks == [0]
    assert_is_back(town)
    assert "somebody took the lock while Terraform ran" in capsys.readouterr().err


def test_an_apply_that_loses_the_lock_stops_terraform(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform would run on for long: it is interrupted, which it may use to store its state."""
    monkeypatch.setattr(terraform_run, "POLL_SECONDS", 0.5)
    stopped = threading.Event()
    real = subprocess.Popen.send_signal

    def send_signal(process: "subprocess.Popen[bytes]", number: int) -> None:
        assert number == signal.SIGINT
        real(process, number)
        stopped.set()

    monkeypatch.setattr(subprocess.Popen, "send_signal", send_signal)

    def act() -> None:
        town.run("rollback")
        stopped.wait()

    with run_as_terraform(town, act, ignores_interrupts=False):
        assert apply(town) == 1
    assert stopped.is_set()
    assert_is_back(town)


def test_nobody_releases_while_terraform_may_write(town: Town) -> None:
    """A rollback took the lock and released it: a release still waits for the apply, and a rollback never does."""
    desk = town.open_desk("apply")
    desk.take(applies=True)
    town.open_desk("a rollback").take(by_force=True)
    town.open_desk("a rollback").release()
    with pytest.raises(ConflictError, match="apply is at it"):
        town.open_desk("a release").take()
    assert desk.renew_apply() is False
    assert desk.end_apply() is False
    assert town.open_desk("a release").take().holder == "a release"


def test_an_apply_says_that_it_still_runs(town: Town) -> None:
    """Its leases are renewed with the lock and without it, so that no rollback leaves too early."""
    desk = town.open_desk("apply")
    desk.take(applies=True)
    town.clock.advance(400)
    assert desk.renew_apply() is True
    town.open_desk("a rollback").take(by_force=True)
    town.clock.advance(400)
    assert desk.renew_apply() is False
    assert town.record().holder == "a rollback"
    town.clock.advance(300)
    assert town.record().is_applying(town.clock.now())


# --- the record's place ------------------------------------------------------------------------------------------


@pytest.fixture
def old_town(tmp_path: Path) -> Iterator[Town]:
    """An environment of the release before: the record lies at the webhook's service, the new one was just made."""
    with build_town(tmp_path) as built:
        built.cloud_run.drop_service(RECORD_SERVICE)
        for digest in (ONE, TWO):
            assert built.release("deploy", digest) == 0
        built.cloud_run.add_service(RECORD_SERVICE, RevisionTemplate(containers=[Container(image=PLACEHOLDER)]))
        yield built


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_the_record_moves_once(old_town: Town, number: int) -> None:
    """It is read at its old place and written to the new one, also by the next deployer if the first was killed."""
    if number:
        old_town.cloud_run.faults.kill_at(number, after=True)
        with pytest.raises(KilledError):
            old_town.run("rollback")
        old_town.cloud_run.faults.revive()
    assert old_town.run("rollback") == 0
    assert_is_back(old_town)
    left = old_town.cloud_run.annotation("webhook", ANNOTATION)
    assert left == MOVED or number
    with pytest.raises(DeployError, match="unreadable"):
        Record.parse(left)


def test_a_deployer_at_the_old_place_is_waited_for(old_town: Town) -> None:
    """The release before holds the lock there: nothing moves until it has ended, and then it cannot go on there."""
    held = Record.parse(old_town.cloud_run.annotation("webhook", ANNOTATION))
    template = old_town.cloud_run.service(RECORD_SERVICE).template
    old_town.cloud_run.drop_service(RECORD_SERVICE)
    old_town.open_desk("the old one").take()
    old_town.cloud_run.add_service(RECORD_SERVICE, template)
    with pytest.raises(ConflictError, match="the old one is at it"):
        old_town.open_desk("the new one").take()
    assert not old_town.cloud_run.annotation("webhook", ANNOTATION).startswith(MOVED)
    assert old_town.open_desk("the new one").take(by_force=True).stable == held.stable
    old_town.cloud_run.drop_service(RECORD_SERVICE)  # as if it had looked a moment before Terraform made it
    with pytest.raises(MissingError, match="moved"):
        old_town.open_desk("the old one").check()


# --- without our verbs -------------------------------------------------------------------------------------------


def test_a_way_back_with_gcloud_alone(town: Town) -> None:
    """docs/delivery.md: traffic by hand leaves the record as it is; the verb afterwards writes what was done."""
    place, good = town.deployment(), town.record().good[0]
    client = CloudRunClient(place.project, place.region, town.context())
    for name in FUNCTIONS:
        tags = {each.tag: each.revision for each in town.cloud_run.service(name).traffic if each.tag}
        client.change_service(name, "gcloud run services update-traffic", serve(good.revision(name), tags))
    town.cloud_run.finish()
    stable = town.record().stable
    assert town.serving() == {ONE}
    assert stable is not None
    assert stable.digest == TWO
    assert town.run("rollback") == 0
    assert_is_back(town)
    assert town.release("deploy", THREE) == 0
