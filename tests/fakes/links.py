"""The public web in memory: `pages` by their address; what is not there does not answer."""

from dataclasses import dataclass, field

from shared.errors import LinkUnusableError


@dataclass
class FakeLinks:
    """`asked`: the addresses that were fetched, in order."""

    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def read(self, address: str) -> bytes:
        self.asked.append(address)
        if address not in self.pages:
            raise LinkUnusableError("away")
        return self.pages[address]
