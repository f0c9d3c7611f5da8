"""The client: pages, limits, troubles, and what it never says."""

from collections.abc import Iterator

import pytest

from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError, UnreachableError
from infra.deploy.github import GitHub, find_or_make
from tests.cloud import github as local
from tests.cloud.clock import START, FakeClock


@pytest.fixture
def client(github: local.GitHub, clock: FakeClock) -> Iterator[GitHub]:
    with GitHub(Context(github.environment, clock=clock)) as made:
        yield made


def test_a_list_is_read_to_its_last_page(client: GitHub, github: local.GitHub) -> None:
    """Every entry once, whatever GitHub's page is."""
    for number in range(7):
        github.commit("staging", f"Commit {number}", {"a.py": str(number)})
    github.page_size_max = 3
    found = [commit["commit"]["message"] for commit in client.pages("/commits", sha="staging")]
    assert found == [f"Commit {number}" for number in reversed(range(7))] + ["First"]


def test_a_next_page_elsewhere_is_not_asked_for(client: GitHub, github: local.GitHub) -> None:
    """The token is shown to the one host it is for."""
    for number in range(3):
        github.commit("staging", f"Commit {number}", {"a.py": str(number)})
    github.page_size_max = 2
    here, github.url = github.url, "http://elsewhere.invalid"
    with pytest.raises(RefusedError, match="another host"):
        list(client.pages("/commits", sha="staging"))
    github.url = here


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_is_waited_for(client: GitHub, github: local.GitHub, clock: FakeClock, status: int) -> None:
    """GitHub names the seconds; a change is asked for again, too, as it was turned away."""
    github.limit_calls(2, status=status, retry_after=7)
    made = client.change("POST", "/git/refs", {"ref": "refs/heads/new", "sha": github.branch("main").sha})
    assert made["ref"] == "refs/heads/new"
    assert clock.slept_seconds == [7, 7]


def test_a_limit_without_a_time_is_a_minute(client: GitHub, github: local.GitHub, clock: FakeClock) -> None:
    """Where GitHub says only that it is too much, it wants a minute."""
    github.limit_calls(retry_after=None)
    client.get("/pulls")
    assert clock.slept_seconds == [60]


def test_the_hours_limit_is_waited_for_when_it_ends_soon(
    client: GitHub, github: local.GitHub, clock: FakeClock
) -> None:
    """The time of the reset is a date: the rest until then is waited for, if it is short."""
    github.limit_calls(retry_after=None, reset=int(START.timestamp()) + 30)
    client.get("/pulls")
    assert clock.slept_seconds == [30]
    github.limit_calls(retry_after=None, reset=int(START.timestamp()) + 3000)
    with pytest.raises(UnreachableError, match="rate limit"):
        client.get("/pulls")
    assert clock.slept_seconds == [30]


def test_waiting_has_an_end(client: GitHub, github: local.GitHub, clock: FakeClock) -> None:
    """A limit that stays ends the verb within the job's time."""
    github.limit_calls(100, retry_after=60)
    with pytest.raises(UnreachableError):
        client.get("/pulls")
    assert sum(clock.slept_seconds) <= 300


@pytest.mark.parametrize("trouble", ["fail", "cut"])
def test_a_read_is_tried_again(client: GitHub, github: local.GitHub, clock: FakeClock, trouble: str) -> None:
    """An outage of seconds is not noticed."""
    getattr(github.faults, trouble)(2)
    assert client.get("/pulls") == []
    assert clock.slept_seconds == [1, 2]


@pytest.mark.parametrize("trouble", ["fail", "cut"])
def test_a_change_is_not_tried_again(client: GitHub, github: local.GitHub, trouble: str) -> None:
    """It may have been made: the verb has to look first."""
    getattr(github.faults, trouble)(1, method="POST")
    with pytest.raises(UnreachableError):
        client.change("POST", "/git/refs", {"ref": "refs/heads/new", "sha": github.branch("main").sha})
    assert len(github.changes()) == 1


def test_an_outage_that_stays_is_told(client: GitHub, github: local.GitHub) -> None:
    """Four times, then the verb ends and says why."""
    github.faults.fail(100, 502)
    with pytest.raises(UnreachableError, match="502"):
        client.get("/pulls")
    assert len(github.calls) == 4


def test_refusals_say_githubs_reasons(client: GitHub, github: local.GitHub) -> None:
    """The message and each field's reason are in the line; what is missing and what conflicts have their own errors."""
    with pytest.raises(DeployError, match=r"422 Validation Failed; No commits between main and staging"):
        client.change("POST", "/pulls", {"title": "x", "head": "staging", "base": "main"})
    with pytest.raises(MissingError):
        client.get("/pulls/99")
    github.commit("staging", "One", {"README.md": "one"})
    github.commit("main", "Two", {"README.md": "two"})
    with pytest.raises(ConflictError):
        client.change("POST", "/merges", {"base": "main", "head": "staging"})


def test_the_token_is_never_said(github: local.GitHub, clock: FakeClock) -> None:
    """Neither in an error nor in what a dry run says."""
    said: list[str] = []
    environment = github.environment | {"GITHUB_TOKEN": "stolen-TEST-token"}
    with GitHub(Context(environment, dry_run=True, clock=clock, say=said.append)) as client:
        with pytest.raises(RefusedError) as refused:
            client.get("/pulls")
        client.change("POST", "/pulls", {"title": "x"})
    assert "Bad credentials" in str(refused.value)
    assert "stolen" not in f"{refused.value}{said}"


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_a_missing_variable_is_named(github: local.GitHub, name: str) -> None:
    """Nothing is guessed at."""
    with pytest.raises(DeployError, match=name):
        GitHub(Context({**github.environment, name: ""}))


def test_what_is_there_after_a_failed_change_was_made() -> None:
    """Found first, found after a failure, or the failure itself."""
    there: list[str] = []

    def make() -> str:
        there.append("made")
        raise UnreachableError("lost")

    def fail() -> str:
        raise UnreachableError("never arrived")

    def find() -> str | None:
        return there[0] if there else None

    with pytest.raises(UnreachableError, match="never arrived"):
        find_or_make(find, fail)
    assert find_or_make(find, make) == "made"
    assert find_or_make(find, make) == "made"
    assert there == ["made"]
