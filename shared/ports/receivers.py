"""The servers of people's programs, which take events at their webhooks."""

from collections.abc import Mapping
from typing import Protocol


class Receivers(Protocol):
    """Strangers' servers: nothing that they say is used but the status."""

    def is_address(self, url: str) -> bool:
        """Whether something could be sent there, by the form of the address alone."""
        ...

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send this JSON once; returns the status of the answer. No redirect is followed.

        Raises ReceiverError, after at most 10 s: it may have arrived all the same.
        """
        ...
