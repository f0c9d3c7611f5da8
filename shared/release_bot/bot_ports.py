"""What the release bot needs from outside."""

from dataclasses import dataclass

from shared.ports import Messenger, Place, Screen
from shared.releases.release_ports import ReleasePorts


@dataclass(frozen=True, slots=True)
class BotPorts:
    """Created once per process."""

    releases: ReleasePorts
    messenger: Messenger
    """Of the release bot, which is not the product's."""
    staging_bot_url: str = ""
    """Where the bot on staging is opened, such as "https://t.me/our_staging_bot". Empty: there is no such button."""

    async def send(self, person_id: int, screen: Screen) -> int:
        """Send a message to a person's own chat; returns its id. Raises MessengerErrors."""
        return await self.messenger.send_text(Place(person_id), screen)

    async def edit(self, person_id: int, message_id: int, screen: Screen) -> None:
        """Replace a message in a person's own chat. Raises MessengerErrors."""
        await self.messenger.edit_text(Place(person_id), message_id, screen)
