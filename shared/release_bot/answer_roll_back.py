"""Going back: a list of where to, and the version typed to confirm."""

from shared.release_bot.ask_words import ask_words
from shared.release_bot.bot_documents import Asked
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import Press, Scope
from shared.release_bot.card import CardFacts
from shared.release_bot.questions import ask_target, list_targets
from shared.release_bot.read_people import Viewer
from shared.release_bot.show_card import make_nonce
from shared.releases.read_case import decode_readable
from shared.releases.release import Status
from shared.releases.release_documents import releases_by_time

LOOKED_MAX = 30
"""How many of the newest releases are looked through for one to go back to."""


async def answer_roll_back(
    ports: BotPorts, viewer: Viewer, facts: CardFacts, message_id: int, press: Press, scope: Scope
) -> None:
    """Show where one can go back to, or ask for the version that was chosen. Raises MessengerErrors, UnavailableError.

    A second try goes where the first one wanted to.
    """
    release, place = facts.release, press.argument
    chosen = scope.targets[int(place)] if place.isdecimal() and int(place) < len(scope.targets) else ""
    if release.status is Status.ROLLBACK_FAILED:
        chosen = release.rollback_to_tag
    if chosen:
        await ask_words(ports, viewer, Asked.VERSION, press.action, scope, chosen)
        return
    found = await ports.releases.store.find(releases_by_time(release.service_name, None, LOOKED_MAX))
    others = list(decode_readable(found))
    targets = tuple(each.release_tag for each in list_targets(release, others))
    nonce = await make_nonce(ports, release, viewer.id, targets)
    await ports.edit(viewer.id, message_id, ask_target(viewer.language, release, others, nonce))
