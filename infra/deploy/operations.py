"""Waiting for Google's long-running operations.

https://google.aip.dev/151: an operation is `{name, done, error | response, metadata}` and is read at `/v1/{name}`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, UnreachableError

MISSES_MAX = 10
"""After so many failed reads in a row we stop polling; the operation continues."""


def wait_for_operation(
    api: Api,
    operation: Any,
    context: Context,
    *,
    pause_seconds: float,
    seconds_max: float,
    report: Callable[[Any], None] = lambda _: None,
) -> Any:
    """Wait for the operation and return its response; `report` gets each intermediate state.

    Raises DeployError if it failed, UnreachableError if it still runs after `seconds_max` or cannot be read.
    """
    deadline = context.clock.now() + timedelta(seconds=seconds_max)
    misses = 0
    while not operation.get("done"):
        if context.clock.now() >= deadline:
            raise UnreachableError(f"{operation['name']} is still running after {seconds_max:.0f} s")
        report(operation)
        context.clock.sleep(pause_seconds)
        try:
            operation, misses = api.get(f"/v1/{operation['name']}"), 0
        except UnreachableError:
            misses += 1
            if misses > MISSES_MAX:
                raise
    if "error" in operation:
        raise DeployError(f"{operation['name']}: {operation['error'].get('message', 'failed')}")
    return operation.get("response", {})
