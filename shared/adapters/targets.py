"""Where the tasks of a queue go. Imports nothing, so that the webhook stays quick to start."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A function and the queues before it."""

    queues: tuple[str, ...]
    """Their full names; see `queue_name`. At least one."""
    url: str
    """Where the calls go, without a path: the function's own URL, or that of one of its revisions."""
    audience: str
    """For whom the tokens are: the function's own URL, which Cloud Run demands also where a revision is called."""
    service_account: str
    """The email of the account in whose name Cloud Tasks calls."""
    deadline_seconds: int
    """How long Cloud Tasks waits for an answer before it tries again: 15 to 1,800."""

    def url_of(self, path: str) -> str:
        return self.url.rstrip("/") + path

    def queue_of(self, lane: int) -> str:
        return self.queues[lane % len(self.queues)]


def list_queues(function: str, count: int) -> tuple[str, ...]:
    """A function's queues. The first has its name alone: what was in it while there was no other is still delivered."""
    return (function, *(f"{function}-{number}" for number in range(1, count)))


def queue_name(project: str, location: str, queue: str) -> str:
    """The name that Cloud Tasks knows a queue by."""
    return f"projects/{project}/locations/{location}/queues/{queue}"


def complete_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A task's headers; Cloud Tasks adds no Content-Type, and what we send is JSON unless they say otherwise."""
    if any(name.lower() == "content-type" for name in headers):
        return dict(headers)
    return {"Content-Type": "application/json", **headers}
