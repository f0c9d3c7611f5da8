"""The rules of the bot on a page for everybody: terms, money back, privacy, in the words of the bot's commands.

GET /rules               in the language that the browser prefers
GET /rules?language=ru   in this one
"""

from collections.abc import Mapping

from shared.credits.catalogue import titles_of_others
from shared.miniapp.calls import Reply, page
from shared.miniapp.shell import read_preferred
from shared.miniapp.templates import render
from shared.people.operators import has_operators
from shared.people.talk import CONFIRM_USUALLY_ABOVE
from shared.people.users import LANGUAGES
from shared.ports import AppPorts

PATH = "/rules"


def show_rules(ports: AppPorts, query: Mapping[str, str], accept_language: str) -> Reply:
    """The page. Whoever thinks about buying, and a provider of payments, reads it without Telegram."""
    language = read_preferred(query.get("language") or accept_language)
    values = {
        "languages": LANGUAGES,
        "limit": CONFIRM_USUALLY_ABOVE,
        "contact": ports.support_contact,
        "others": ", ".join(titles_of_others(ports.sellers)),
        "by_card": bool(ports.card_currencies),
        "erases": bool(ports.erasure_keys),
        "has_operators": has_operators(ports),
    }
    return page(render("rules.html", language, values))
