"""What the release bot needs from outside."""

from dataclasses import dataclass

from shared.ports import Messenger
from shared.releases.release_ports import ReleasePorts


@dataclass(frozen=True, slots=True)
class BotPorts:
    """Created once per process."""

    releases: ReleasePorts
    messenger: Messenger
    """Of the release bot, which is not the product's."""
    staging_bot_url: str = ""
    """Where the bot on staging is opened, such as "https://t.me/our_staging_bot". Empty: there is no such button."""
