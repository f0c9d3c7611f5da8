"""The state of every environment, made once without a cloud and kept until Terraform's files change."""

import pytest

from infra.checks.cloud.applied import States, load_states
from infra.checks.cloud.tool import find_tool
from tests.conftest import require
from tests.infra.terraform.states import Draft

ENVIRONMENTS = ("dev", "production", "staging")


@pytest.fixture(scope="session")
def states() -> States:
    return require(lambda: load_states(find_tool()))


@pytest.fixture(params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest, states: States) -> Draft:
    """Each environment in turn."""
    return Draft(request.param, states[request.param])


@pytest.fixture
def production(states: States) -> Draft:
    return Draft("production", states["production"])
