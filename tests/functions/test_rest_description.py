"""Schemathesis reads the REST API's description, and calls each operation as it allows and as it forbids.

Our own fuzzer (`unit/rest/test_rest_fuzz.py`) mixes calls of several operations, with ids that exist; this one knows
OpenAPI, and what a careful client may expect of any API.
"""

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from tests.unit.rest.program import Program, load_program
from tests.world import World

CASES, LONG_CASES = 3, 100
"""Of each operation, right ones and wrong ones."""
PACE_SECONDS = 60
CONFIG = {
    "generation": {"with-security-parameters": False},
    "checks": {
        "ignored_auth": {"enabled": False},
        "positive_data_acceptance": {"expected-statuses": ["2xx", "402", "404", "409", "422", "429"]},
    },
}
"""Who may call what is tested elsewhere, by every role (`unit/rest/test_rest_owners.py`). What is written rightly may
still cost too much, name another price, begin with somebody else's picture, or be one job too many at a time.
"""

Operation = APIOperation[Any, Any, Any, Any]
Call = Case[Operation]


class Caller:
    """Sends what Schemathesis has made, from its thread, to the API in the loop of the test."""

    def __init__(self, program: Program, loop: asyncio.AbstractEventLoop) -> None:
        self._program, self._loop = program, loop
        self.answered = 0

    def check(self, operation: Operation, mode: GenerationMode, cases: int) -> None:
        """Call an operation so often. Raises what Schemathesis has found."""

        @settings(
            max_examples=cases,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Call) -> None:
            answer = asyncio.run_coroutine_threadsafe(self._send(case), self._loop).result()
            case.validate_response(answer)
            self.answered += 1

        call()

    async def _send(self, case: Call) -> httpx.Response:
        program = self._program
        program.world.clock.advance(PACE_SECONDS)
        asked = case.as_transport_kwargs(base_url="http://api.test/api/v1")
        headers = {name: value.encode("latin-1") for name, value in (dict(asked["headers"]) | program.headers).items()}
        asked = {"content" if name == "data" else name: value for name, value in asked.items() if value}
        return await program.client.request(**asked | {"headers": headers})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
async def test_every_operation(world: World, mode: GenerationMode, *, is_long: bool) -> None:
    """Each answer has a status, headers, type and body that the description names, and none is a 5xx."""
    program = await load_program(world)
    document = (await program.client.get("/api/openapi.json")).json()
    caller = Caller(program, asyncio.get_running_loop())
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(CONFIG))
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(found) == sum(map(len, document["paths"].values()))
    operations = [each for each in found if mode is GenerationMode.POSITIVE or can_be_wrong(each)]
    for operation in operations:
        await asyncio.to_thread(caller.check, operation, mode, LONG_CASES if is_long else CASES)
    assert caller.answered >= len(operations)
    await world.settle()
    world.check_money()


def can_be_wrong(operation: Operation) -> bool:
    """Whether there is anything in a call that its description could forbid."""
    return bool(operation.body) or any(map(len, (operation.path_parameters, operation.query, operation.headers)))
