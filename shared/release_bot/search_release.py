"""Search by version: the release, if its whole version was typed, of every service that is known."""

import re

from shared.ports import Screen
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.read_people import Viewer
from shared.release_bot.show_card import open_card
from shared.releases.environment import PRODUCTION
from shared.releases.release import is_release_id, is_tag, release_id
from shared.releases.release_documents import decode_environment, environment_key, release_key
from shared.texts import html_text, shorten

FOUND_MAX = 3
"""Cards that one search opens."""
_SPACES = re.compile(r"[\s_]+")


async def search_release(ports: BotPorts, viewer: Viewer, words: str) -> None:
    """Open what was found, or say that nothing was. Raises UnavailableError, MessengerErrors."""
    [stored] = await ports.releases.store.read([environment_key(PRODUCTION)])
    environment = decode_environment(stored, PRODUCTION)
    ids = list_ids(words, sorted({*environment.live, *environment.candidate}))
    records = await ports.releases.store.read([release_key(each) for each in ids])
    found = [record.key.id for record in records if record is not None][:FOUND_MAX]
    for id_ in found:
        await open_card(ports, viewer, id_)
    if not found:
        text = html_text(viewer.language, "release-search-none", words=shorten(words))
        await ports.send(viewer.id, Screen(text, (make_menu_row(viewer.language),)))


def list_ids(words: str, services: list[str]) -> list[str]:
    """The ids that a person may mean: "v1.2.0", "1.2.0", "nanobanana v1.2.0", "nanobanana_v1.2.0"."""
    *named, version = _SPACES.split(words.strip())
    tags = [tag for tag in (version, f"v{version}", version.removeprefix("v")) if is_tag(tag)]
    chosen = named[-1:] or services
    return list(dict.fromkeys(each for s in chosen for t in tags if is_release_id(each := release_id(s, t))))
