"""The page for everybody, its files, and the headers of every answer."""

import pytest

from shared.miniapp.calls import Call
from shared.miniapp.headers import write_admin_headers, write_headers
from shared.miniapp.shell import show_shell
from shared.miniapp.static_files import show_static, static_path
from shared.pages import ROUTES
from tests.world import ME, World


@pytest.mark.parametrize(("wanted", "language"), [("ru-RU,ru;q=0.9", "ru"), ("de", "en"), ("", "en"), (";;,", "en")])
def test_the_shell(wanted: str, language: str) -> None:
    """It is in the language that the browser prefers; nothing in it is a script or a style of its own."""
    html = show_shell(wanted).body.decode()
    assert f'<html lang="{language}">' in html
    assert " style=" not in html
    assert "<script>" not in html
    assert "<style" not in html


def test_files_are_kept_for_ever() -> None:
    """The address of a file changes with it; an address of another release gives this one's, for a minute."""
    here, old = show_static(static_path("app.css")), show_static("/static/000000000000/app.css")
    assert here is not None
    assert old is not None
    assert here.body == old.body
    assert ("immutable" in here.headers["Cache-Control"], old.headers["Cache-Control"]) == (True, "public, max-age=60")
    assert show_static("/static/app.css") is None
    assert show_static("/static/x/../calls.py") is None
    with pytest.raises(KeyError):
        static_path("none.css")


def test_headers() -> None:
    """Nothing is allowed but our own files, the bucket's pictures, and frames in Telegram."""
    policy = write_headers("https://files.test", ("https://a.test", "https://b.test"))["Content-Security-Policy"]
    allowed = dict(each.split(" ", 1) for each in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == allowed["style-src"] == allowed["connect-src"] == "'self'"
    assert allowed["frame-ancestors"] == "https://a.test https://b.test"
    assert "https://files.test" in allowed["img-src"]
    assert "unsafe" not in policy


async def test_each_page_without_parameters_is_shown(world: World) -> None:
    """Whoever has just come sees every page that needs no more than the person."""
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.pattern:
            reply = await route.handle(world.app_ports, Call(ME, "ru", world.now))
            assert reply.status == 200, route.pattern


@pytest.fixture
def world() -> World:
    return World()


def test_the_headers_of_the_operators_pages() -> None:
    """Nothing of another site is loaded, nobody shows them in a frame, and a form has its true origin."""
    headers = write_admin_headers()
    policy = headers["Content-Security-Policy"]
    assert ("unsafe" in policy, "http" in policy, "*" in policy) == (False, False, False)
    assert {"frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
