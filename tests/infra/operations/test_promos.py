"""`make promos`: a batch is made once, and what cannot be is said in one line."""

import argparse
import asyncio
import os

import pytest
from google.auth.exceptions import GoogleAuthError

from infra.operations import promos as verb
from shared.adapters.firestore import FirestoreStore
from shared.errors import UnavailableError
from shared.growth.growth_documents import promo_key
from shared.growth.promo_code import fold_code

MAKE = ["make", "launch", "--count", "3", "--credits", "20", "--until", "2099-01-31"]


@pytest.fixture
def project(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project_id)
    return project_id


async def test_a_batch_and_its_end(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Said twice it prints the same codes; each is there on its terms, and one of them can be stopped."""
    for _ in range(2):
        assert await asyncio.to_thread(verb.main, MAKE) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == lines[3:]
    assert await asyncio.to_thread(verb.main, ["stop", lines[0].lower()]) == 0
    store = FirestoreStore(project)
    stopped, going = await store.read([promo_key(fold_code(line)) for line in lines[:2]])
    await store.close()
    assert stopped is not None
    assert going is not None
    assert (stopped.fields["is_stopped"], going.fields["is_stopped"]) == (True, False)
    assert (going.fields["credits"], going.fields["uses_max"]) == (20, 1)
    assert going.fields["until"].isoformat() == "2099-02-01T00:00:00+00:00"


async def test_a_word(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A code may be a word, which is printed as it was typed."""
    words = ["make", "new-year", "--word", "HELLO", "--percent", "30", "--uses", "0", "--until", "2099-01-31"]
    assert await asyncio.to_thread(verb.main, words) == 0
    assert capsys.readouterr().out == "HELLO\n"


async def test_terms_that_make_no_sense(project: str) -> None:
    """One line says why."""
    with pytest.raises(SystemExit, match=r"^promos: a code gives either credits or per cent$"):
        await asyncio.to_thread(verb.main, [*MAKE, "--percent", "5"])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnavailableError("out"), "promos: say it again, on the same terms: out"),
        (GoogleAuthError("no login"), "promos: no usable login .*: no login"),  # type: ignore[no-untyped-call]
    ],
)
def test_failures_are_one_line(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be repeated is to be repeated, and a missing login is named."""

    async def fail(*_: object) -> list[str]:
        raise error

    monkeypatch.setattr(verb, "carry_out", fail)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test-project")
    with pytest.raises(SystemExit, match=words):
        verb.main(MAKE)


def test_the_local_system_is_where_make_run_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--local` finds the emulator by the ports of `make run`, also where others were chosen."""
    asked: list[tuple[str, str]] = []

    async def carry_out(project: str, _database: str, _arguments: argparse.Namespace) -> list[str]:
        asked.append((project, os.environ["FIRESTORE_EMULATOR_HOST"]))
        return []

    monkeypatch.setattr(verb, "carry_out", carry_out)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "elsewhere:1")
    monkeypatch.setenv("NANOBANANA_PORT_BASE", "9100")
    assert verb.main([*MAKE, "--local"]) == 0
    assert asked == [("nanobanana-local", "127.0.0.1:9104")]


def test_without_a_project_or_an_end_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing is named."""
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(SystemExit, match=r"^promos: GOOGLE_CLOUD_PROJECT: not set$"):
        verb.main(MAKE)
    with pytest.raises(SystemExit):
        verb.main(["make", "launch"])
    assert "make needs --until" in capsys.readouterr().err
