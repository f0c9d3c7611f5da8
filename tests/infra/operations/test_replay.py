"""`python -m infra.operations.replay`: what was put away is handled again, and what cannot be is said in one line."""

import asyncio
import json
from collections.abc import Callable

import pytest

from infra.operations import replay
from shared.jobs.job import JobState
from shared.telegram.quarantine_update import BODY_BYTES_MAX, quarantine_update
from tests.world import World

SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "nanobanana-dev",
    "GOOGLE_CLOUD_LOCATION": "europe-west1",
    "TASKS_SERVICE_ACCOUNT": "tasks@nanobanana-dev.iam.gserviceaccount.com",
    "BOT_URL": "https://bot.example",
    "IMAGE_URL": "https://image.example",
    "CHAT_URL": "https://chat.example",
    "VIDEO_URL": "https://video.example",
    "API_URL": "https://api.example",
}
Lines = pytest.CaptureFixture[str]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(replay, "make_repair_ports", lambda _: made.repair_ports)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def call(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["replay", *arguments])
        return replay.main()

    return call


def test_comes_again(world: World, run: Callable[..., int], capsys: Lines) -> None:
    """A request that met a bug becomes a picture, once, also when it is played twice."""
    body = json.dumps(world.message("a red fox")).encode()
    quarantine_id = asyncio.run(quarantine_update(world.ports, body, "ZeroDivisionError: a bug", world.now))
    assert run(quarantine_id, quarantine_id) == 0
    assert capsys.readouterr().out.splitlines() == [f"{quarantine_id}: comes again"] * 2
    asyncio.run(world.settle())
    assert world.job().state is JobState.DELIVERED
    world.check_money()


def test_what_cannot_come_again(world: World, run: Callable[..., int], capsys: Lines) -> None:
    """An unknown id, and an update of which only the beginning was kept, are said; nothing is sent."""
    quarantine_id = asyncio.run(quarantine_update(world.ports, b"x" * (BODY_BYTES_MAX + 1), "?", world.now))
    assert run("unknown", quarantine_id) == 1
    assert capsys.readouterr().out.splitlines() == [
        "unknown: not in the quarantine",
        f"{quarantine_id}: longer than what is kept of it",
    ]
    assert world.tasks.tasks == []


def test_without_settings(world: World, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing variable is named."""
    monkeypatch.delenv("BOT_URL")
    with pytest.raises(SystemExit, match="BOT_URL"):
        run("any")
