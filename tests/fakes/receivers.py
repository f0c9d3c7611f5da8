"""Servers of people's programs in memory, which take events at their webhooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.errors import ReceiverError
from shared.providers.links import read_address


class Sent(NamedTuple):
    """One POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FakeReceivers:
    """`answers`: a status, or the trouble for which there is none, one for each POST; after the last, 200."""

    sent: list[Sent] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)
    on_post: Callable[[], None] = lambda: None

    def is_address(self, url: str) -> bool:
        return read_address(url) is not None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.sent.append(Sent(url, headers, body))
        self.on_post()
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, str):
            raise ReceiverError(answer)
        return answer
