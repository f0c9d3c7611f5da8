"""What a program of the REST API is answered. Pure; `shared/rest_site.py` speaks HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]
KIND_PREFIX = "urn:nanobanana:problem:"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """What was asked for."""

    content: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why it is refused (RFC 9457)."""

    status: int
    detail: str
    name: str = ""
    """The end of the problem's type; empty: about:blank."""
    members: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    wait_seconds: int = 0
    """After how long to try again; 0: nobody knows."""

    @property
    def kind(self) -> str:
        """The URI of the type."""
        return f"{KIND_PREFIX}{self.name}" if self.name else "about:blank"


NOT_FOUND = Problem(404, "")
"""Also for what belongs to somebody else: nobody learns that it exists."""
