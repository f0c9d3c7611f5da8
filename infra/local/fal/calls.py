"""One record per request for a picture or a video that reached the server."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Call:
    """`arguments` are the body's, with the number of bytes in place of each picture; `headers` are fal's own."""

    number: int
    host: str
    endpoint: str
    started: float = field(default_factory=time.time)
    arguments: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    pictures_in: int = 0
    request_id: str = ""
    outcome: str = ""
    """The HTTP status and the type of an error, "OK", "QUEUED" or "LOST"."""

    @property
    def prompt(self) -> str:
        """What is wanted."""
        return str(self.arguments.get("prompt", ""))

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return asdict(self)
