"""watch-models: what is about to change with the models becomes one issue, which closes by itself."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from infra.deploy import ask_models
from infra.deploy.ask_fal import _find_status
from infra.deploy.context import Context
from infra.deploy.errors import UnreachableError
from infra.deploy.telegram_notice import Notice
from infra.deploy.verbs import watch_models
from infra.deploy.verbs.watch_models import TITLE, ask_provider
from infra.local import fal
from infra.local.fal.models import ENDPOINTS
from infra.local.gemini import run_gemini
from infra.local.gemini.faults import Fault
from infra.local.gemini.service import Behaviour
from shared.adapters.fal_requests import list_endpoints
from shared.credits.catalogue import GEMINI_FLASH, NANO_BANANA, OFFERS, READING_RUNGS, TALK, VIDEOS, list_rungs
from shared.providers.ladder import PictureRung, VideoRung
from tests.cloud.clock import FakeClock
from tests.infra.deploy.github.conftest import Desk
from tests.infra.deploy.town import write_veo

QUIET = datetime(2026, 10, 1, tzinfo=UTC)
"""A day on which nothing in the catalogue is about to change."""
VEO = VIDEOS["veo"].rungs[0]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(QUIET)


def list_titles(desk: Desk) -> list[str]:
    return [issue["title"] for issue in desk.github.state.issues.values() if issue["state"] == "open"]


def test_quiet_days(desk: Desk) -> None:
    """Where nothing changes there is no issue, and it is said that nobody was asked."""
    assert desk.run("watch-models") == 0
    assert list_titles(desk) == []
    assert "skipped: Gemini was not asked which models there are: GEMINI_API_KEY is not set" in desk.words
    assert "skipped: fal was not asked for 4 models: FAL_KEY is not set" in desk.words


def test_a_price_that_changes_is_one_issue(desk: Desk, clock: FakeClock) -> None:
    """The issue is there once however many nights see it, and closes when the day has come."""
    day = datetime.combine(GEMINI_FLASH.prices[-1].valid_from, datetime.min.time(), UTC)
    clock.advance((day - timedelta(days=10) - QUIET).total_seconds())
    for _ in range(2):
        assert desk.run("watch-models") == 1
    assert list_titles(desk) == [TITLE]
    assert f"{GEMINI_FLASH.name} costs $0.75/$3.75 → $1.5/$7.5 from {day:%Y-%m-%d} on" in desk.words
    [issue] = desk.github.state.issues.values()
    assert f"- {GEMINI_FLASH.name} costs" in issue["body"]
    clock.advance(timedelta(days=10).total_seconds())
    assert desk.run("watch-models") == 0
    assert list_titles(desk) == []


async def test_every_model_is_asked_for(desk: Desk) -> None:
    """The provider knows each model of the catalogue; a key that it refuses is no finding, but a failure."""
    async with run_gemini() as gemini:
        there = {"GEMINI_API_KEY": "watcher-TEST-key", "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        assert await asyncio.to_thread(desk.run, "watch-models", **there) == 0, desk.words
        asked = {call.model for call in gemini.calls()}
        assert asked == {GEMINI_FLASH.id, *(rung.id for rung in (*TALK.rungs, *READING_RUNGS))}, "only words are asked"
        refused = there | {"GEMINI_API_KEY": "invalid-TEST-key"}
        assert await asyncio.to_thread(desk.run, "watch-models", **refused) == 1
    assert list_titles(desk) == []


async def test_a_model_that_is_gone(desk: Desk) -> None:
    """An id that the provider does not know is a finding, which names it."""
    async with run_gemini() as gemini:
        there = {"GEMINI_API_KEY": "watcher-TEST-key", "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        old = replace(GEMINI_FLASH, id="gemini-0.1-flash")
        found = await asyncio.to_thread(lambda: list(ask_provider([GEMINI_FLASH, old], Context(there))))
    assert found == ["gemini/gemini-0.1-flash is not there any more: Google answers that it does not know it"]


@pytest.mark.parametrize("stage", ["DEPRECATED", "STABLE"])
async def test_a_model_that_is_given_up(desk: Desk, stage: str) -> None:
    """An answer that says of its model that it is no longer stable is a finding."""
    async with run_gemini() as gemini:
        gemini.set_behaviour(Behaviour(model_stage=stage))
        there = {"GEMINI_API_KEY": "watcher-TEST-key", "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        found = await asyncio.to_thread(lambda: list(ask_provider([GEMINI_FLASH, NANO_BANANA], Context(there))))
    wanted = [f"{GEMINI_FLASH.name} is DEPRECATED: Google gives it up, its answer says"]
    assert found == (wanted if stage == "DEPRECATED" else [])


async def test_a_model_that_is_replaced_in_silence(desk: Desk) -> None:
    """An answer that another model gave is a finding: its price may be another."""
    async with run_gemini() as gemini:
        gemini.set_faults(Fault("rerouted", reason="gemini-9-flash"))
        there = {"GEMINI_API_KEY": "watcher-TEST-key", "GOOGLE_GEMINI_BASE_URL": gemini.base_url}
        found = await asyncio.to_thread(lambda: list(ask_provider([GEMINI_FLASH], Context(there))))
    assert found == [f"{GEMINI_FLASH.name} is answered by gemini-9-flash, whose price may be another"]


def test_what_is_new_is_told_once(desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operators' chat hears of a finding on the first night, and not again while it stays the same."""
    told: list[Notice] = []
    monkeypatch.setattr(watch_models, "send_notice", lambda _, notice: told.append(notice))
    day = datetime.combine(GEMINI_FLASH.prices[-1].valid_from, datetime.min.time(), UTC)
    clock.advance((day - timedelta(days=10) - QUIET).total_seconds())
    for _ in range(2):
        assert desk.run("watch-models") == 1
    [notice] = told
    assert any(f"{GEMINI_FLASH.name} costs" in line for line in notice.details)
    clock.advance(timedelta(days=11).total_seconds())
    assert desk.run("watch-models") == 0
    assert len(told) == 1


async def test_veo_is_asked_for_where_it_is_on_offer(desk: Desk, tmp_path: Path) -> None:
    """An end of Veo is a finding where it is on offer, and of no interest elsewhere."""
    async with run_gemini() as gemini:
        there = {"GOOGLE_VERTEX_BASE_URL": gemini.base_url}
        found = {}
        for switch in ("on", "off"):
            file = tmp_path / f"{switch}.json"
            file.write_text(write_veo(switch))
            place = ("--environment", "staging", "--project", "a-project", "--deployment", str(file))
            arguments = ("watch-models", *place)
            assert await asyncio.to_thread(desk.run, *arguments, **there) == 0, desk.words
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(ask_models, "list_rungs", lambda: [replace(VEO, id="veo-0")])
                found[switch] = (await asyncio.to_thread(desk.run, *arguments, **there), "veo/veo-0" in desk.words)
    assert found == {"on": (1, True), "off": (0, False)}


async def run_with_fal(desk: Desk, behaviour: fal.Behaviour, key: str = "watcher-TEST-key") -> int:
    """The exit code of the verb that asks a local fal."""
    async with fal.run_fal() as server:
        server.set_behaviour(behaviour)
        there = {"FAL_KEY": key, "FAL_BASE_URL": server.base_url}
        return await asyncio.to_thread(desk.run, "watch-models", **there)


async def test_fal_is_asked_for_every_endpoint(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """fal's list has each endpoint that our tasks call; a key that it refuses is no finding, but a failure."""
    ours = [rung for rung in list_rungs() if rung.provider == "fal" and isinstance(rung, PictureRung | VideoRung)]
    assert {endpoint for rung in ours for endpoint in list_endpoints(rung)} == ENDPOINTS.keys()
    assert await run_with_fal(desk, fal.Behaviour()) == 0, desk.words
    assert "fal was not asked" not in desk.words
    assert await run_with_fal(desk, fal.Behaviour(), "invalid-TEST-key") == 1
    assert "fal, openai/gpt-image-2: 401" in capsys.readouterr().err
    assert list_titles(desk) == []


async def test_an_endpoint_that_fal_gives_up(desk: Desk) -> None:
    """An endpoint that is missing in fal's list, or deprecated there, is a finding that names the model."""
    kling, seedream = VIDEOS["kling"].rungs[0], OFFERS["dream"].rungs[0]
    missing, deprecated = f"{kling.id}/pro/image-to-video", f"{seedream.id}/edit"
    assert await run_with_fal(desk, fal.Behaviour(missing=missing, deprecated=deprecated)) == 1
    assert f"{kling.name} is not there any more: fal does not know {missing}" in desk.words
    assert f"{seedream.name} is deprecated: fal gives {deprecated} up" in desk.words
    assert list_titles(desk) == [TITLE]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (httpx.Response(404, json={"error": {"type": "not_found"}}), ""),
        (httpx.Response(200, json={"models": []}), ""),
        (httpx.Response(200, json={"models": [{"endpoint_id": "a/c", "metadata": {"status": "active"}}]}), ""),
        (
            httpx.Response(200, json={"models": [{"endpoint_id": "a/b", "metadata": {"status": "inactive"}}]}),
            "inactive",
        ),
        (httpx.Response(200, json={"models": [{"endpoint_id": "a/b"}]}), None),
        (httpx.Response(200, json=[]), None),
        (httpx.Response(200, text="<html>"), None),
        (httpx.Response(429), None),
        (httpx.Response(503), None),
    ],
)
def test_what_fal_answers(answer: httpx.Response, found: str | None) -> None:
    """An endpoint that fal lacks is told from an answer that says nothing, which is never taken for a finding."""
    with httpx.Client(base_url="https://api.fal.ai", transport=httpx.MockTransport(lambda _: answer)) as client:
        if found is None:
            with pytest.raises(UnreachableError, match="fal, a/b: "):
                _find_status(client, "a/b")
        else:
            assert _find_status(client, "a/b") == found
