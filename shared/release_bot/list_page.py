"""A page of a list of releases, and the page that chooses what is in it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.bot_documents import ListView
from shared.release_bot.buttons import write_page
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import NAME_CHARACTERS_MAX, name_status, sign_status, write_release_name
from shared.releases.release import Release
from shared.texts import html_text, plain_text, shorten, write_short_moment

RELEASES_A_PAGE = 5
FILTERS_MAX = 5
"""Services, and authors, that one can filter by at once."""
PERIODS_DAYS = (7, 30, 90)
TITLES = {
    "active": "release-list-active",
    "deployed": "release-list-deployed",
    "failed": "release-list-failed",
    "waiting": "release-list-waiting",
}


def make_list_page(language: Language, view: ListView, releases: Sequence[Release], nonce: str) -> Screen:
    """Five releases with a button each; less than 1,500 characters."""
    lines = [html_text(language, TITLES[view.kind]), *_describe_filters(language, view), ""]
    lines += [_describe(language, each) for each in releases] or [html_text(language, "release-list-none")]
    opening = tuple(
        (Button(f"{sign_status(each.status)} {write_release_name(each.id)}", _op(nonce, f"o{place}")),)
        for place, each in enumerate(releases)
    )
    moves = []
    if view.start_at is not None:
        moves.append(Button(plain_text(language, "release-button-first"), _op(nonce, "f")))
    if view.next_at is not None:
        moves.append(Button(plain_text(language, "release-button-older"), _op(nonce, "n")))
    doors = (Button(plain_text(language, "release-button-filter"), _op(nonce, "x")),) if view.kind != "waiting" else ()
    return Screen("\n".join(lines), (*opening, *([tuple(moves)] if moves else []), (*doors, *make_menu_row(language))))


def make_filter_page(language: Language, view: ListView, nonce: str) -> Screen:
    """What one can filter by: a service, who began it, how old it is."""
    lines = [html_text(language, "release-filter-title"), *_describe_filters(language, view)]
    services = [(Button(f"📦 {shorten(each)}", _op(nonce, f"s{place}")),) for place, each in enumerate(view.services)]
    authors = [(Button(f"👤 {shorten(each)}", _op(nonce, f"a{place}")),) for place, each in enumerate(view.authors)]
    ages = tuple(
        Button(plain_text(language, "release-button-older-than", days=str(days)), _op(nonce, f"d{days}"))
        for days in PERIODS_DAYS
    )
    clear = (Button(plain_text(language, "release-button-clear"), _op(nonce, "c")),)
    return Screen("\n".join(lines), (*services, *authors, ages, clear, make_menu_row(language)))


def apply_operation(view: ListView, operation: str) -> ListView:
    """The page that a button leads to. An operation that nobody offered leads to the first one."""
    first = replace(view, start_at=None, start_id="", next_at=None, next_id="", shown=())
    name, number = operation[:1], operation[1:]
    place = int(number) if number.isascii() and number.isdecimal() else -1
    if name == "n" and view.next_at is not None:
        return replace(first, start_at=view.next_at, start_id=view.next_id)
    if name == "s" and 0 <= place < len(view.services):
        return replace(first, service=view.services[place])
    if name == "a" and 0 <= place < len(view.authors):
        return replace(first, author=view.authors[place])
    if name == "d" and place in PERIODS_DAYS:
        return replace(first, days=place)
    return replace(first, service="", author="", days=0) if name == "c" else first


def find_opened(view: ListView, operation: str) -> str:
    """The id of the release that a button opens; empty: it opens none."""
    number = operation[1:]
    is_place = operation[:1] == "o" and number.isascii() and number.isdecimal() and int(number) < len(view.shown)
    return view.shown[int(number)] if is_place else ""


def write_operation(nonce: str, operation: str) -> str:
    """The page of a button of a list."""
    return f"v;{nonce};{operation}"


def _op(nonce: str, operation: str) -> str:
    return write_page(write_operation(nonce, operation))


def _describe(language: Language, release: Release) -> str:
    status, sign = name_status(language, release.status), sign_status(release.status)
    line = html_text(language, "release-bot-line", sign=sign, release=write_release_name(release.id), status=status)
    author = shorten(release.initiated_by_login, NAME_CHARACTERS_MAX) or "—"
    note = html_text(language, "release-list-note", author=author, at=write_short_moment(language, release.created_at))
    return f"{line}\n   {note}"


def _describe_filters(language: Language, view: ListView) -> list[str]:
    found = []
    if view.service:
        found.append(html_text(language, "release-filter-service", service=shorten(view.service)))
    if view.author:
        found.append(html_text(language, "release-filter-author", author=shorten(view.author)))
    if view.days:
        found.append(html_text(language, "release-filter-days", days=str(view.days)))
    return found
