"""/role and /zone: how a person wants to be answered, and the time zone. A panel of pages; only its owner may press.

main ── role, length of answers          each button carries an absolute value
  ├── tongue    language of the answers
  ├── zone      time zone
  └── from, to  the two languages of a translation
"""

from collections.abc import Callable, Iterable
from functools import cache

from shared.bot.balance import answer_alone
from shared.people.change_setting import save_setting
from shared.people.manner import (
    ADOPTED,
    AS_ASKED,
    DETAILS,
    LENT,
    OWN_CHARACTERS_MAX,
    OWN_ROLE,
    ROLES,
    TONGUES,
    Manner,
    clock_of,
    is_lent,
    is_tongue,
    zone_of,
)
from shared.people.search_price import write_search_price
from shared.people.users import LANGUAGES, Language, User, language_of
from shared.people.zones import CITIES, city_of, find_zone, fold_name, show_offset
from shared.ports import Button, Ports, Screen
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

ACTION = "manner"
LEND = "lend"
"""The action of the buttons about shared roles (`lend_role.py`)."""
OPEN = "open"
"""Stands in a button instead of a choice: show another page."""
MAIN = "main"
PER_ROW = 2
"""With three buttons the longer names would be cut on a phone."""
Rows = tuple[tuple[Button, ...], ...]


async def show_role(ports: Ports, visit: Visit, message: Message) -> None:
    """/role: show the panel; with words: make them the person's custom role."""
    user = visit.opened.user
    if message.own_words and message.command is not None and message.command.name == "role":
        if len(message.own_words) > OWN_CHARACTERS_MAX:
            too_long = Screen(html_text(visit.language, "role-long", limit=OWN_CHARACTERS_MAX))
            await answer_alone(ports, visit, too_long, "role")
            return
        user = await save_setting(ports, visit.opened, "role", OWN_ROLE + message.own_words, visit.received_at)
    await answer_alone(ports, visit, draw_page(ports, visit, user, MAIN), "role")


async def show_zone(ports: Ports, visit: Visit, message: Message) -> None:
    """/zone: show the page of time zones; with a city or an offset: choose that zone."""
    user, page = visit.opened.user, draw_page(ports, visit, visit.opened.user, "zone")
    if message.text and message.command is not None and message.command.name == "zone":
        zone = find_zone(message.text, _cities())
        if zone is None:
            page = Screen(html_text(visit.language, "zone-unknown", words=message.text[:40]), page.buttons)
        else:
            user = await save_setting(ports, visit.opened, "zone", zone, visit.received_at)
            page = draw_page(ports, visit, user, "zone")
    await answer_alone(ports, visit, page, "zone")


async def press_manner(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Store a choice or open another page, and redraw the panel."""
    name, value, owner, *_ = (*arguments, "", "", "")
    user = visit.opened.user
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    elif name == OPEN and value in PAGES:
        await answer_tap(ports, tap.query_id)
        await ports.messenger.edit_text(visit.place, tap.message_id, draw_page(ports, visit, user, value))
    elif (name, value) == ("role", "own") and not user.manner.own:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-role-own"), alert=True)
    elif name in _CHOICES:
        user = await save_setting(ports, visit.opened, name, value, visit.received_at)
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-saved"))
        await ports.messenger.edit_text(visit.place, tap.message_id, draw_page(ports, visit, user, MAIN))
    else:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))


def draw_page(ports: Ports, visit: Visit, user: User, page: str) -> Screen:
    """One page with the current choices."""
    language = language_of(user, visit.update.sender.language_code)
    return PAGES[page](user, language, _describe(user.manner, language, visit, ports))


def _describe(manner: Manner, language: Language, visit: Visit, ports: Ports) -> str:
    """The current choices in a few words."""
    moment = clock_of(manner, language, ports.clock.now())
    lines = [
        html_text(
            language,
            "role-now",
            role=plain_text(language, f"role-{LENT if is_lent(manner) else _known(manner.role, ROLES)}"),
            detail=plain_text(language, f"detail-{_known(manner.detail, DETAILS)}"),
            tongue=_name_tongue(language, manner.tongue),
            zone=_name_zone(language, zone_of(manner, language)),
            time=f"{moment:%H:%M}, {show_offset(moment)}",
        )
    ]
    if manner.role == "translator":
        source, target = _name_tongue(language, manner.translate_from), _name_tongue(language, manner.translate_to)
        lines.append(html_text(language, "role-pair", source=source, target=target))
    if manner.role == "own":
        lines.append(html_text(language, "role-own-words", words=manner.own))
    if is_lent(manner):
        lines.append(html_text(language, "role-lent-words", words=manner.lent))
    return "\n".join(lines)


def _draw_main(user: User, language: Language, described: str) -> Screen:
    manner = user.manner
    roles = _choices(user, language, "role", ROLES, manner.role, lambda each: plain_text(language, f"role-{each}"))
    details = _choices(
        user, language, "detail", DETAILS, manner.detail, lambda each: plain_text(language, f"detail-{each}")
    )
    tongue = plain_text(language, "button-tongue", tongue=_name_tongue(language, manner.tongue))
    zone = plain_text(language, "button-zone", zone=_name_zone(language, zone_of(manner, language)))
    pages = [("tongue", tongue), ("zone", zone)]
    if manner.role == "translator":
        source, target = _name_tongue(language, manner.translate_from), _name_tongue(language, manner.translate_to)
        pair = [
            ("from", plain_text(language, "button-from", tongue=source)),
            ("to", plain_text(language, "button-to", tongue=target)),
        ]
        pages = [*pair, *pages[1:]]
    text = "\n\n".join([html_text(language, "role-title"), described, html_text(language, "role-hint")])
    flip = "off" if manner.search else "on"
    search = Button(
        plain_text(
            language,
            "button-search-on" if manner.search else "button-search-off",
            usual=write_search_price(language),
        ),
        write_callback(ACTION, "search", flip, user.id),
    )
    words = tuple(_button_about_words(user, language))
    opened = tuple(Button(label, write_callback(ACTION, OPEN, page, user.id)) for page, label in pages)
    about = (words,) if words else ()
    return Screen(text, (*_rows(roles), *about, tuple(details), *_rows(opened), (search,)))


def _button_about_words(user: User, language: Language) -> Iterable[Button]:
    """The button for a role in words: *Share* for the person's own, *Make it mine* for somebody else's."""
    if user.manner.role == "own" and user.manner.own:
        yield Button(plain_text(language, "button-role-share"), write_callback(LEND, "share", user.id))
    if is_lent(user.manner):
        yield Button(plain_text(language, "button-role-adopt"), write_callback(ACTION, "role", ADOPTED, user.id))


def _draw_tongues(user: User, language: Language, described: str) -> Screen:
    choices = (AS_ASKED, *TONGUES)
    buttons = _choices(user, language, "tongue", choices, user.manner.tongue, lambda each: _name_tongue(language, each))
    return _draw_sub(user, language, "tongue-title", described, buttons)


def _draw_from(user: User, language: Language, described: str) -> Screen:
    return _draw_pair(user, language, "from", user.manner.translate_from, described)


def _draw_to(user: User, language: Language, described: str) -> Screen:
    return _draw_pair(user, language, "to", user.manner.translate_to, described)


def _draw_pair(user: User, language: Language, name: str, chosen: str, described: str) -> Screen:
    buttons = _choices(user, language, name, TONGUES, chosen, lambda each: _name_tongue(language, each))
    return _draw_sub(user, language, f"pair-{name}", described, buttons)


def _draw_zones(user: User, language: Language, described: str) -> Screen:
    names = {zone: plain_text(language, f"zone-{city}") for city, zone in CITIES.items()}
    chosen = zone_of(user.manner, language)
    buttons = _choices(user, language, "zone", tuple(names), chosen, lambda each: names[each])
    return _draw_sub(user, language, "zone-title", described, buttons)


def _draw_sub(user: User, language: Language, title: str, described: str, buttons: tuple[Button, ...]) -> Screen:
    back = Button(plain_text(language, "button-back"), write_callback(ACTION, OPEN, MAIN, user.id))
    return Screen(f"{html_text(language, title)}\n\n{described}", (*_rows(buttons), (back,)))


def _choices(
    user: User, language: Language, name: str, values: Iterable[str], chosen: str, label_of: Callable[[str], str]
) -> tuple[Button, ...]:
    def button(value: str) -> Button:
        label = label_of(value)
        shown = plain_text(language, "chosen", label=label) if value == chosen else label
        return Button(shown, write_callback(ACTION, name, value, user.id))

    return tuple(map(button, values))


def _rows(buttons: tuple[Button, ...]) -> Rows:
    return tuple(buttons[first : first + PER_ROW] for first in range(0, len(buttons), PER_ROW))


def _known(value: str, values: tuple[str, ...]) -> str:
    """The choice; the first value if only another release knows it."""
    return value if value in values else values[0]


def _name_tongue(language: Language, code: str) -> str:
    return plain_text(language, f"tongue-{code}" if is_tongue(code) else "tongue-auto")


def _name_zone(language: Language, zone: str) -> str:
    """The city on the button, or the zone's name in the database; a zone that is an offset has no name."""
    city = city_of(zone)
    if city is not None:
        return plain_text(language, f"zone-{city}")
    return plain_text(language, "zone-offset") if zone.startswith("Etc/") else zone.rpartition("/")[2].replace("_", " ")


@cache
def _cities() -> dict[str, str]:
    """Zones by the names of their cities in all languages, without the hour or country after the name."""
    return {
        fold_name(plain_text(language, f"zone-{city}")): zone for language in LANGUAGES for city, zone in CITIES.items()
    }


PAGES: dict[str, Callable[[User, Language, str], Screen]] = {
    MAIN: _draw_main,
    "tongue": _draw_tongues,
    "zone": _draw_zones,
    "from": _draw_from,
    "to": _draw_to,
}
_CHOICES = frozenset({"role", "detail", "tongue", "zone", "from", "to", "search"})
