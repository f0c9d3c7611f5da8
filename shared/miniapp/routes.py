"""An address of the Mini App, and finding the one that is asked for. Pure; `shared/pages.py` has the table."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from shared.miniapp.calls import Call, Reply
from shared.ports import AppPorts

Method = Literal["GET", "POST"]
Handler = Callable[[AppPorts, Call], Awaitable[Reply]]
ADMIN = "/admin"
"""Below it are the operators' pages (`shared/admin_site.py`), which are loaded when somebody asks for one."""
_VALUE = r"[A-Za-z0-9_.~-]{1,64}"


@dataclass(frozen=True, slots=True)
class Route:
    """An address, such as "/gallery/{id}", with a name for each variable part."""

    method: Method
    pattern: str
    handle: Handler
    takes_files: bool = False
    """Whether its form may have files."""
    at_once_max: int | None = None
    """How many calls of it one process answers at a time, where each holds a whole file in memory; None: any number."""
    counts_as: int = 1
    """How many calls of a person's pace it is."""
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", write_expression(self.pattern))


def write_expression(pattern: str) -> re.Pattern[str]:
    """What matches the addresses of a pattern such as "/gallery/{id}"."""
    parts = re.split(r"\{([a-z_]+)\}", pattern)
    written = "".join(f"(?P<{part}>{_VALUE})" if odd % 2 else re.escape(part) for odd, part in enumerate(parts))
    return re.compile(written)


class Addressed(Protocol):
    """What has an address."""

    @property
    def method(self) -> Method: ...
    @property
    def expression(self) -> re.Pattern[str]: ...


R = TypeVar("R", bound=Addressed)


def find_route(method: str, path: str, routes: Sequence[R]) -> tuple[R, Mapping[str, str]] | None:
    """The route of an address, and the variable parts of the address; None if there is none."""
    for route in routes:
        if route.method == method and (found := route.expression.fullmatch(path)):
            return route, found.groupdict()
    return None
