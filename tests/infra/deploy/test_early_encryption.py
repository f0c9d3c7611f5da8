"""Words are not encrypted while a release serves that could not read them."""

import json
from pathlib import Path

import pytest

from infra.deploy import early_encryption
from infra.deploy.assemble import open_desk
from infra.deploy.environments import Place
from infra.deploy.record import Record
from tests.infra.deploy.town import ONE, TWO, Town, build_town

SWITCH = "ENCRYPT_NEW_FIELDS"
"""As if the setting had just come: Terraform's files of the first release do not know it."""


def switch(town: Town, word: str) -> None:
    found = json.loads(town.deployment_file.read_text())
    found["functions"]["bot"]["env"][SWITCH] = word
    town.deployment_file.write_text(json.dumps(found))


def test_it_takes_two_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One release too early is refused, and leaves no lock; after one that reads what is encrypted it goes on."""
    monkeypatch.setattr(early_encryption, "SWITCH", SWITCH)
    with build_town(tmp_path) as town:
        assert town.release("deploy", ONE) == 0
        switch(town, "on")
        assert town.release("deploy", TWO) == 1
        assert f"{SWITCH} is on, and 1, which serves, cannot read it: set " in capsys.readouterr().err
        assert (town.serving(), town.record().holder) == ({ONE}, "")
        for word in ("off", "on"):
            switch(town, word)
            assert town.release("deploy", TWO) == 0
        assert town.cloud_run.variables("bot")[SWITCH] == "on"
        deployment = town.deployment()
        place = Place(deployment.environment, deployment.project, deployment.region)
        _, _, cloud_run = open_desk(place, town.context())
        early_encryption.refuse_early_encryption(deployment, Record(), cloud_run)  # nobody is served yet
