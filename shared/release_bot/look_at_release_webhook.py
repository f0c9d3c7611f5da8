"""Every minute: Telegram is asked about the release bot's webhook; one line says what is wrong, and an alarm counts it.

When the lines stop, `releases` is not called any more, and its own alarm rings.
"""

from shared.errors import MessengerError
from shared.logs import log_event
from shared.release_bot.bot_ports import BotPorts
from shared.webhook_trouble import find_trouble

UNREAD = "unread"
"""Telegram does not say: the token is not valid any more, or Telegram is down."""


async def look_at_release_webhook(ports: BotPorts | None, url: str) -> None:
    """`ports` None: there is no release bot here. `url` is the function's own."""
    if ports is None:
        return
    try:
        state = await ports.messenger.read_webhook()
    except MessengerError as error:
        log_event("release_webhook_looked_at", severity="WARNING", trouble=UNREAD, error=error)
        return
    trouble = find_trouble(state, url, ports.releases.clock.now())
    severity = "INFO" if trouble == "none" else "WARNING"
    log_event("release_webhook_looked_at", severity=severity, trouble=trouble, telegram_says=state.failure)
