"""Something between a port and who calls it, to let calls fail at a chosen point."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

Call = Callable[[], Awaitable[Any]]


class Between:
    """A port; `pass_on` gets the name of each async method that is called, and the call, which it makes or not."""

    def __init__(self, port: object, pass_on: Callable[[str, Call], Awaitable[Any]]) -> None:
        self._port, self._pass_on = port, pass_on

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self._pass_on(name, lambda: method(*arguments, **named))

        return call
