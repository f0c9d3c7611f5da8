"""The targets of tasks. This module imports nothing, so that the webhook starts quickly."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A function and its queues."""

    queues: tuple[str, ...]
    """The full names of its queues, at least one; see `queue_name`."""
    url: str
    """The URL to call, without a path: the function's own, or that of one of its revisions."""
    audience: str
    """The audience of the tokens: the function's own URL, which Cloud Run requires for revisions too."""
    service_account: str
    """The email of the account with which Cloud Tasks calls."""
    deadline_seconds: int
    """How long Cloud Tasks waits for a response before it retries: 15 to 1,800."""

    def url_of(self, path: str) -> str:
        return self.url.rstrip("/") + path

    def queue_of(self, lane: int) -> str:
        return self.queues[lane % len(self.queues)]


def list_queues(function: str, count: int, generation: int = 1) -> tuple[str, ...]:
    """The names of a function's queues. The first has no number, as when it was the only one.

    From the second generation on they end in it: Cloud Tasks refuses the name of a deleted queue for days.
    """
    end = f"-g{generation}" if generation > 1 else ""
    return (f"{function}{end}", *(f"{function}-{number}{end}" for number in range(1, count)))


def queue_name(project: str, location: str, queue: str) -> str:
    """The full name of a queue at Cloud Tasks."""
    return f"projects/{project}/locations/{location}/queues/{queue}"


def complete_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A task's headers; the Content-Type, which Cloud Tasks does not add, is JSON by default."""
    if any(name.lower() == "content-type" for name in headers):
        return dict(headers)
    return {"Content-Type": "application/json", **headers}
