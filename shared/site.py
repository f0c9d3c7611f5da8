"""The Mini App over HTTP: reads a request into a `Call`, finds its page, and gives each answer the same headers.

GET  /            the shell, for everybody            GET /static/…   scripts and styles, for everybody
GET  /rules       terms and refunds, for everybody
POST /sign-in     what Telegram opened the app with   →  a session and its renewal
POST /renew       the renewal, for a day              →  another session
/admin…           the operators' pages                →  `shared/admin_site.py`
everything else   `shared/pages.py`, with the session as a bearer token
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.errors import ForbiddenError, UnauthenticatedError
from shared.http import STRANGERS, answer_error, read_body, refuse_method, slow_down
from shared.miniapp import rules_page
from shared.miniapp.calls import NOT_FOUND, Call, Reply
from shared.miniapp.headers import write_headers
from shared.miniapp.init_data import BYTES_MAX, IsSigned, read_init_data
from shared.miniapp.pace import Pace
from shared.miniapp.page import check_signed_in
from shared.miniapp.routes import ADMIN, Route, find_route
from shared.miniapp.session import LIFETIME, Audience, Session, open_renewal, open_session, read_token, write_token
from shared.miniapp.shell import show_shell
from shared.miniapp.static_files import PREFIX, show_static
from shared.pages import ROUTES
from shared.people.accounts import open_user
from shared.people.users import language_of
from shared.ports import AppPorts
from shared.settings import ApiSettings, SignInSettings

if TYPE_CHECKING:
    from shared.admin_site import AdminSite

FORM_BYTES_MAX = 64 * 1024
FIELDS_MAX = 100
TOKEN_BYTES_MAX = 256
SENDING_SECONDS = 5
"""After how long somebody whose upload is not over may try again."""


class Site:
    """The pages, one per process."""

    def __init__(self, settings: ApiSettings, ports: Callable[[], AppPorts], routes: Sequence[Route] = ROUTES) -> None:
        self._settings, self._ports, self._routes = settings, ports, routes
        self._headers = write_headers(f"{settings.files_origin}/{settings.media_bucket}/", settings.frame_origins)
        self._pace = Pace()
        self._sending = set[int]()
        self._turns = {each.pattern: asyncio.Semaphore(each.at_once_max) for each in routes if each.at_once_max}

    async def show(self, request: Request) -> Response:
        """The answer to anything that is no probe; an error becomes its status."""
        if f"{request.url.path}/".startswith(f"{ADMIN}/"):
            return await self._admin.show(request)
        try:
            response = await self._answer(request)
        except Exception as error:  # noqa: BLE001 — so that the answer to an error has the headers too
            response = answer_error(error)
        for name, value in self._headers.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _answer(self, request: Request) -> Response:
        sign_in, method, path = self._settings.sign_in, _method_of(request), request.url.path
        if method not in {"GET", "POST"}:
            return refuse_method()
        if sign_in is None:
            return _respond(NOT_FOUND)
        if method == "GET" and path == "/":
            return _respond(show_shell(request.headers.get("Accept-Language", "")))
        if method == "GET" and path == rules_page.PATH:
            accepted = request.headers.get("Accept-Language", "")
            return _respond(rules_page.show_rules(self._ports(), request.query_params, accepted))
        if method == "GET" and path.startswith(PREFIX):
            return _respond(show_static(path) or NOT_FOUND)
        if method == "POST":
            self._refuse_other_sites(request)
            if path == "/sign-in":
                return await self._sign_in(request, sign_in)
            if path == "/renew":
                return await self._renew(request, sign_in)
        found = find_route(method, path, self._routes)
        if found is None:
            return _respond(NOT_FOUND)
        return await self._show_page(request, self._read_session(request, sign_in), *found)

    async def _sign_in(self, request: Request, settings: SignInSettings) -> Response:
        """A session for whoever Telegram says has opened the app."""
        body = await read_body(request, BYTES_MAX, STRANGERS)
        ports = self._ports()
        now = ports.clock.now()
        person = read_init_data(body, settings.bot_id, self._is_signed, now)
        if wait_seconds := self._pace.take(person.user_id, now.timestamp()):
            return slow_down(wait_seconds)
        check_signed_in((await open_user(ports, person.user_id)).user, person.opened_at)
        session = open_session(person.user_id, language_of(None, person.language_code), now)
        renewal = write_token(open_renewal(session), settings.session_keys[0])
        return _give_session(session, settings, renewal=renewal)

    async def _renew(self, request: Request, settings: SignInSettings) -> Response:
        """Another session for whoever signed in within the day."""
        ports = self._ports()
        token = (await read_body(request, TOKEN_BYTES_MAX, STRANGERS)).decode("ascii", "replace")
        now = ports.clock.now()  # before the person is read: who signs out after that ends this session too
        renewal = read_token(token, settings.session_keys, now, Audience.RENEWAL)
        if renewal is None:
            raise UnauthenticatedError("no renewal, or one that has ended")
        if wait_seconds := self._pace.take(renewal.user_id, now.timestamp()):
            return slow_down(wait_seconds)
        check_signed_in((await open_user(ports, renewal.user_id)).user, renewal.began_at)
        return _give_session(open_session(renewal.user_id, renewal.language, now), settings)

    def _read_session(self, request: Request, settings: SignInSettings) -> Session:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        session = read_token(token, settings.session_keys, self._ports().clock.now()) if kind == "Bearer" else None
        if session is None:
            raise UnauthenticatedError("no session, or one that has ended")
        return session

    def _refuse_other_sites(self, request: Request) -> None:
        """A browser says from which site a form comes: ours, or it is refused even with a session."""
        origin = request.headers.get("Origin")
        if origin is not None and origin != self._settings.url:
            raise ForbiddenError("a call from another site")

    async def _show_page(
        self, request: Request, session: Session, route: Route, parameters: Mapping[str, str]
    ) -> Response:
        ports = self._ports()
        now_seconds = ports.clock.now().timestamp()
        if wait_seconds := self._pace.take(session.user_id, now_seconds, route.counts_as):
            return slow_down(wait_seconds)
        call = Call(session.user_id, session.language, session.began_at, parameters, dict(request.query_params))
        if route.takes_files and session.user_id in self._sending:
            return slow_down(SENDING_SECONDS)
        async with self._one_at_a_time(session.user_id, route), self._turns.get(route.pattern) or nullcontext():
            return _respond(await route.handle(ports, await _with_form(call, route, request)))

    @asynccontextmanager
    async def _one_at_a_time(self, user_id: int, route: Route) -> AsyncIterator[None]:
        """Meanwhile nobody else sends files as this person: one person never takes all turns."""
        if not route.takes_files:
            yield
            return
        self._sending.add(user_id)
        try:
            yield
        finally:
            self._sending.discard(user_id)

    @cached_property
    def _admin(self) -> "AdminSite":
        from shared.admin_site import AdminSite  # imported here: few calls are operators'

        return AdminSite(self._settings.sign_in, self._settings.url, self._ports)

    @cached_property
    def _is_signed(self) -> IsSigned:
        from shared.adapters.ed25519 import make_check  # imported here: only signing in needs it

        assert self._settings.sign_in is not None
        return make_check(self._settings.sign_in.telegram_key)


def _give_session(session: Session, settings: SignInSettings, **more: str) -> Response:
    token, seconds = write_token(session, settings.session_keys[0]), int(LIFETIME.total_seconds())
    return JSONResponse({"token": token, "seconds": seconds, "language": session.language, **more})


async def _with_form(call: Call, route: Route, request: Request) -> Call:
    """The call with what its form brings. Raises BodyTooLargeError, UnusableFormError."""
    if route.method == "GET":
        return call
    if route.takes_files:
        from shared.forms import read_files  # imported here: few calls bring files

        return await read_files(call, request)
    body = (await read_body(request, FORM_BYTES_MAX, STRANGERS)).decode("utf-8", "replace")
    return call.with_form(parse_qs(body, keep_blank_values=True)) if body.count("&") < FIELDS_MAX else call


def _method_of(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method


def _respond(reply: Reply) -> Response:
    headers = {"Content-Type": reply.mime_type, **reply.headers}
    return Response(reply.body, reply.status, headers)
