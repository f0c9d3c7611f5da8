"""Showing a list of releases: one query of five a page, and a document that says what its buttons mean."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.ports import Screen
from shared.release_bot.bot_documents import ListView, create_view, decode_view, view_key
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import KEPT
from shared.release_bot.list_kinds import COUNTED, ListKind
from shared.release_bot.list_page import (
    FILTERS_MAX,
    RELEASES_A_PAGE,
    apply_operation,
    find_opened,
    make_filter_page,
    make_list_page,
)
from shared.release_bot.read_people import Viewer
from shared.releases.environment import PRODUCTION
from shared.releases.read_case import decode_readable
from shared.releases.release import Release
from shared.releases.release_documents import decode_environment, environment_key, releases_in_states

FIRST_ID = "zzzz"
"""After every id that a release can have: where a page begins with a time alone."""


async def draw_list(ports: BotPorts, viewer: Viewer, kind: ListKind) -> Screen:
    """The first page. Raises UnavailableError."""
    return await _draw(ports, viewer, ListView(kind.value, viewer.id, ports.releases.clock.now() + KEPT))


async def draw_chosen(ports: BotPorts, viewer: Viewer, kind: str, releases: Sequence[Release]) -> Screen:
    """A page with just these releases. Raises UnavailableError."""
    shown = tuple(each.id for each in releases[:RELEASES_A_PAGE])
    view = ListView(kind, viewer.id, ports.releases.clock.now() + KEPT, shown=shown)
    nonce = await _keep(ports, view)
    return make_list_page(viewer.language, view, releases[:RELEASES_A_PAGE], nonce)


async def answer_list(ports: BotPorts, viewer: Viewer, nonce: str, operation: str) -> Screen | str | None:
    """The page that a button leads to, or the id of the release that it opens; None: the page is forgotten.

    Raises UnavailableError.
    """
    [record] = await ports.releases.store.read([view_key(nonce)])
    view = decode_view(record, viewer.id, ports.releases.clock.now())
    if view is None:
        return None
    if opened := find_opened(view, operation):
        return opened
    if operation == "x":
        return await _draw_filters(ports, viewer, view)
    return await _draw(ports, viewer, apply_operation(view, operation))


async def _draw(ports: BotPorts, viewer: Viewer, view: ListView) -> Screen:
    now, states = ports.releases.clock.now(), COUNTED[ListKind(view.kind)]
    after = (now - timedelta(days=view.days), FIRST_ID) if view.days else None
    if view.start_at is not None:
        after = (view.start_at, view.start_id)
    query = releases_in_states(states, view.service, view.author, after, RELEASES_A_PAGE)
    found = await ports.releases.store.find(query)
    releases = list(decode_readable(found))
    last = found[-1] if len(found) == RELEASES_A_PAGE else None
    authors = {each.initiated_by_login for each in releases} - {""}
    shown = replace(
        view,
        expire_at=now + KEPT,
        next_at=None if last is None else last.fields["created_at"],
        next_id="" if last is None else last.key.id,
        shown=tuple(each.id for each in releases),
        services=tuple(sorted({each.service_name for each in releases})[:FILTERS_MAX]),
        authors=tuple(sorted(authors)[:FILTERS_MAX]),
    )
    nonce = await _keep(ports, shown)
    return make_list_page(viewer.language, shown, releases, nonce)


async def _draw_filters(ports: BotPorts, viewer: Viewer, view: ListView) -> Screen:
    """Also the services of which the page has no release."""
    [stored] = await ports.releases.store.read([environment_key(PRODUCTION)])
    environment = decode_environment(stored, PRODUCTION)
    services = {*view.services, *environment.live, *environment.candidate}
    view = replace(view, services=tuple(sorted(services)[:FILTERS_MAX]))
    return make_filter_page(viewer.language, view, await _keep(ports, view))


async def _keep(ports: BotPorts, view: ListView) -> str:
    nonce = ports.releases.ids.token()
    await ports.releases.store.commit([create_view(nonce, view)])
    return nonce
