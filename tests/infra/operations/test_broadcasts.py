"""`make broadcasts`: what is sent can be seen, paused, resumed and stopped without Telegram."""

import argparse

import pytest
from google.auth.exceptions import GoogleAuthError

from infra.operations import broadcasts as verb
from infra.operations.broadcasts import Desk, carry_out, main, read_command
from shared.broadcasts.broadcast import BroadcastState
from shared.errors import NanoBananaError, UnavailableError, UnusableChangeError
from tests.unit.broadcasts.operators import ANN, BROADCAST_ID, employ, keep, news_of, stored
from tests.world import World


async def act(world: World, *words: str) -> list[str]:
    return await carry_out(Desk(world.store, world.clock), read_command(words))


async def test_from_list_to_stop() -> None:
    """A broadcast is listed, paused, goes on after a resume by `sweep`, and each act is kept with its name."""
    world = World()
    assert await act(world, "list") == ["no broadcasts"]
    await employ(world, ANN)
    await keep(world)
    [line] = await act(world, "list")
    assert line.startswith(f"{BROADCAST_ID}  waiting, 10 people: 0 sent")
    which = (f"--id={BROADCAST_ID}", "--by=Ann")
    assert "paused" in (await act(world, "pause", *which))[0]
    assert "nothing is changed" in (await act(world, "pause", *which))[1]
    assert "waiting" in (await act(world, "resume", *which))[0]
    assert "stopped" in (await act(world, "stop", *which))[0]
    assert [each.by for each in stored(world).acts[1:]] == ["Ann"] * 3
    assert stored(world).state is BroadcastState.STOPPED
    assert not news_of(world, ANN)


@pytest.mark.parametrize("words", [("pause",), ("pause", "--id=a/b", "--by=Ann"), ("stop", f"--id={BROADCAST_ID}")])
async def test_what_is_missing(words: tuple[str, ...]) -> None:
    """An act needs a broadcast and a name."""
    with pytest.raises(UnusableChangeError, match="--by=YOUR-NAME"):
        await act(World(), *words)
    with pytest.raises(UnusableChangeError, match="there is no broadcast"):
        await act(World(), "stop", f"--id={BROADCAST_ID}", "--by=Ann")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnavailableError("out"), "broadcasts: say it again: out"),
        (UnusableChangeError("none"), "broadcasts: nothing is changed: none"),
        (GoogleAuthError("no login"), "broadcasts: no usable login .*: no login"),  # type: ignore[no-untyped-call]
    ],
)
def test_what_goes_wrong(error: NanoBananaError, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says why, and without a project the command does nothing."""

    async def fail(*_: object) -> list[str]:
        raise error

    monkeypatch.setattr(verb, "_run", fail)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test-project")
    with pytest.raises(SystemExit, match=f"^{words}"):
        main(["list"])
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    with pytest.raises(SystemExit, match="not set"):
        main(["list"])


def test_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Words of people cannot steer the terminal."""

    async def tell(_project: str, _database: str, _command: argparse.Namespace) -> list[str]:
        return ["a\x1b[2Jb", ""]

    monkeypatch.setattr(verb, "_run", tell)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test-project")
    assert main(["list"]) == 0
    assert capsys.readouterr().out == "a?[2Jb\n"
