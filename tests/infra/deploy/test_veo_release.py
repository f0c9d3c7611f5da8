"""Where Veo is on offer, a release goes on only while Google still has all its models."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy import ask_models
from infra.deploy.deployment import Deployment
from infra.deploy.errors import RefusedError, UnreachableError
from infra.local.gemini import run_gemini
from infra.local.ports import find_free_port
from shared.credits.catalogue import VIDEOS, list_rungs
from tests.infra.deploy.town import ONE, THREE, TWO, Town, build_town, write_veo

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """One release without Veo, which is then switched on."""
    with build_town(tmp_path) as built:
        assert built.release("deploy", ONE) == 0
        switch(built, "on")
        yield built


def switch(town: Town, word: str) -> None:
    found = json.loads(town.deployment_file.read_text())
    found["functions"]["video"]["env"]["VEO_OFFERS"] = word
    town.deployment_file.write_text(json.dumps(found))


async def test_all_are_there(town: Town) -> None:
    """The release goes on; nothing that costs money was called."""
    async with run_gemini() as gemini:
        town.environment["GOOGLE_VERTEX_BASE_URL"] = gemini.base_url
        assert await asyncio.to_thread(town.release, "deploy", TWO) == 0
        assert gemini.calls() == []
    assert town.serving() == {TWO}


async def test_one_is_gone(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """Nothing is released, the line says what to switch off, the next deployer finds no lock, and going back works."""
    lite = VIDEOS["veo-fast"].rungs[-1]
    rungs = [replace(rung, id="veo-0") if rung == lite else rung for rung in list_rungs()]
    monkeypatch.setattr(ask_models, "list_rungs", lambda: rungs)
    async with run_gemini() as gemini:
        town.environment["GOOGLE_VERTEX_BASE_URL"] = gemini.base_url
        for verb in ("deploy", "rollout"):
            assert await asyncio.to_thread(town.release, verb, TWO) == 1
    said = capsys.readouterr().err
    assert "VEO_OFFERS is on, and Google does not know veo/veo-0: " in said
    assert "set veo_offers = false in terraform/environments/production/main.tf and apply" in said
    assert (town.serving(), town.record().holder) == ({ONE}, "")
    switch(town, "off")
    assert town.release("deploy", THREE) == 0
    switch(town, "on")
    assert town.run("rollback") == 0
    assert town.serving() == {ONE}


def test_nobody_answers(town: Town) -> None:
    """Without an answer nothing is released either."""
    town.environment["GOOGLE_VERTEX_BASE_URL"] = f"http://127.0.0.1:{find_free_port()}"
    with pytest.raises(UnreachableError, match=r"veo-3\.1-generate-001: ConnectError"):
        ask_models.refuse_missing_veo(Deployment.parse(write_veo("on")), town.context())
    assert town.release("deploy", TWO) == 1
    assert town.serving() == {ONE}


def test_a_login_is_needed(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """Google is asked in the deployer's name."""

    def find_none() -> None:
        raise RefusedError("no Google login")

    monkeypatch.setattr(ask_models, "find_credentials", find_none)
    assert town.release("deploy", TWO) == 1
    assert "no Google login" in capsys.readouterr().err
