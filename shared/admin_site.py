"""The operators' pages over HTTP: who calls, what their role allows, whether a form is theirs.

GET  /admin/enter    the page for a code, for everybody      POST /admin/enter   the code → a session in a cookie
everything else      `shared/admin_pages.py`, by the operator's role

The cookie is sent by no form or link of another site (SameSite=Strict), and a form needs our origin and the token of
its session besides.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from shared.admin.calls import AdminCall, AdminRoute, Operator
from shared.admin.page import refuse_role, show_fault
from shared.admin.sign_in import PATH, show_enter, use_code
from shared.admin_pages import ROUTES, SIGN_OUT
from shared.errors import ForbiddenError, UnauthenticatedError
from shared.http import STRANGERS, answer_error, find_caller, read_body, refuse_method, slow_down
from shared.miniapp.calls import NOT_FOUND, Reply
from shared.miniapp.headers import write_admin_headers
from shared.miniapp.pace import Pace
from shared.miniapp.page import check_signed_in, go_to
from shared.miniapp.routes import ADMIN, find_route
from shared.miniapp.session import (
    LIFETIME,
    Audience,
    Session,
    is_form_token,
    open_session,
    read_token,
    write_form_token,
    write_token,
)
from shared.miniapp.shell import read_preferred
from shared.people.accounts import open_user
from shared.people.operators import Role, role_of
from shared.people.users import Language, language_of
from shared.ports import AppPorts
from shared.settings import SignInSettings

COOKIE = "__Host-admin"
"""The prefix has browsers insist on Secure, on the path / and on this very host."""
CODE_BYTES_MAX = 8 * 1024
"""Of the form that anybody may send."""
FORM_BYTES_MAX = 32 * 1024
"""A broadcast of Telegram's 4,096 characters has up to 24 KiB in a form: six bytes for a Cyrillic letter."""
STRANGER_CALLS = 16
"""What the try of a code counts as: about one in two seconds from one address."""


class AdminSite:
    """The pages, one per process."""

    def __init__(
        self,
        sign_in: SignInSettings | None,
        url: str,
        ports: Callable[[], AppPorts],
        routes: Sequence[AdminRoute] = ROUTES,
    ) -> None:
        self._sign_in, self._url, self._ports, self._routes = sign_in, url, ports, routes
        self._headers = write_admin_headers()
        self._pace, self._strangers = Pace(), Pace()

    async def show(self, request: Request) -> Response:
        """The answer to anything below ADMIN; an error becomes its status."""
        try:
            response = await self._answer(request)
        except UnauthenticatedError:
            said = "admin-said-enter" if request.method in {"GET", "HEAD"} else "admin-said-unsent"
            response = _respond(show_enter(_language_of(request), 401, said=said))
        except Exception as error:  # noqa: BLE001 — so that the answer to an error has the headers too
            response = answer_error(error)
        if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_page(response):
            response = _explain(response, _language_of(request))
        for name, value in self._headers.items():
            response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request) -> Response:
        method, path = "GET" if request.method == "HEAD" else request.method, request.url.path
        if method not in {"GET", "POST"}:
            return refuse_method()
        ports = self._ports()
        if self._sign_in is None or not (ports.admin_ids or ports.admin_roles):
            return _respond(NOT_FOUND)
        if method == "POST" and request.headers.get("Origin") != self._url:
            raise ForbiddenError("a form of another site")
        if path == PATH:
            if method == "GET":
                return _respond(show_enter(_language_of(request)))
            return await self._enter(request, ports, self._sign_in)
        found = find_route(method, path, self._routes)
        if found is None:
            return _respond(NOT_FOUND)
        return await self._show_page(request, ports, self._sign_in, *found)

    async def _enter(self, request: Request, ports: AppPorts, settings: SignInSettings) -> Response:
        """A session for whoever brings a code of theirs."""
        now = ports.clock.now()  # before the person is read: who signs out after that ends this session too
        if wait_seconds := self._strangers.take(find_caller(request), now.timestamp(), STRANGER_CALLS):
            return slow_down(wait_seconds)
        body = (await read_body(request, CODE_BYTES_MAX, STRANGERS)).decode("utf-8", "replace")
        operator = await use_code(ports, parse_qs(body).get("code", [""])[-1].strip())
        if operator is None and _find_operator(request, ports, settings) is not None:
            return _respond(go_to(ADMIN))  # the button was pressed again: whoever is in stays in
        if operator is None:
            return _respond(show_enter(_language_of(request), 401, said="admin-said-code"))
        session = open_session(operator.user_id, operator.language, now, Audience.ADMIN)
        response = _respond(go_to(ADMIN))
        _set_cookie(response, write_token(session, settings.session_keys[0]), int(LIFETIME.total_seconds()))
        return response

    async def _show_page(
        self,
        request: Request,
        ports: AppPorts,
        settings: SignInSettings,
        route: AdminRoute,
        parameters: Mapping[str, str],
    ) -> Response:
        found, token, now = _find_operator(request, ports, settings), request.cookies.get(COOKIE, ""), ports.clock.now()
        if found is None:
            raise UnauthenticatedError("no session of an operator, or one that has ended")
        session, role = found
        if wait_seconds := self._pace.take(session.user_id, now.timestamp()):
            return slow_down(wait_seconds)
        language = await _greet(ports, session)
        operator = Operator(session.user_id, role, language, write_form_token(token, settings.session_keys[0]))
        call = AdminCall(operator, parameters, dict(request.query_params))
        if role not in route.roles:
            return _respond(refuse_role(call))
        if route.method == "POST":
            body = (await read_body(request, FORM_BYTES_MAX, STRANGERS)).decode("utf-8", "replace")
            form = parse_qs(body, keep_blank_values=True)
            if not is_form_token(form.get("form", [""])[-1], token, settings.session_keys):
                raise ForbiddenError("a form without the token of its session")
            call = AdminCall(operator, parameters, call.query, form)
        response = _respond(await route.handle(ports, call))
        if route is SIGN_OUT:
            _set_cookie(response, "", 0)
        return response


def _find_operator(request: Request, ports: AppPorts, settings: SignInSettings) -> tuple[Session, Role] | None:
    """The session in the cookie and its operator's role; None if it is none, or has ended."""
    token = request.cookies.get(COOKIE, "")
    session = read_token(token, settings.session_keys, ports.clock.now(), Audience.ADMIN)
    role = None if session is None else role_of(ports, session.user_id)
    return None if session is None or role is None else (session, role)


async def _greet(ports: AppPorts, session: Session) -> Language:
    """The operator's language. Raises UnauthenticatedError if they have signed out, UnavailableError."""
    user = (await open_user(ports, session.user_id)).user
    check_signed_in(user, session.began_at)
    return language_of(user, session.language)


def _is_page(response: Response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _explain(response: Response, language: Language) -> Response:
    """The same answer in words, for a browser."""
    kept = {name: response.headers[name] for name in ("Retry-After", "Allow") if name in response.headers}
    explained = _respond(show_fault(language, response.status_code))
    explained.headers.update(kept)
    return explained


def _set_cookie(response: Response, value: str, seconds: int) -> None:
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")


def _language_of(request: Request) -> Language:
    return read_preferred(request.headers.get("Accept-Language", ""))


def _respond(reply: Reply) -> Response:
    return Response(reply.body, reply.status, {"Content-Type": reply.mime_type, **reply.headers})
