"""notify: people hear what they want to hear, and a lost message fails nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.errors import RefusedError
from infra.deploy.outputs import write_outputs
from infra.deploy.telegram_notice import TEXT_LENGTH_MAX, Notice, format_duration, write_notice
from tests.cloud.clock import FakeClock
from tests.cloud.serving import Cut, Serving, Silence

TOKEN = "1234567:TEST-not-a-real-token"


class Chat(Serving):
    """Telegram's sendMessage, which answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[dict[str, object]] = []
        self.answers: list[tuple[int, dict[str, object]]] = []
        self.cuts = False

    def make_app(self, cut: Cut) -> ASGIApp:
        async def send(request: Request) -> Response:
            assert request.path_params["token"] == TOKEN
            self.got.append(json.loads(await request.body()))
            if self.cuts:
                cut(request)
                return Silence()
            status, body = self.answers.pop(0) if self.answers else (200, {"ok": True})
            return JSONResponse(body, status)

        return Starlette(routes=[Route("/bot{token}/sendMessage", send, methods=["POST"])])


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as running:
        yield running


def notify(chat: Chat, clock: FakeClock, *arguments: str, **environment: str) -> list[str]:
    """What the verb said; it always ends well."""
    said: list[str] = []
    known = {"TELEGRAM_API_BASE_URL": chat.url, "NOTIFY_BOT_TOKEN": TOKEN, "NOTIFY_CHAT_ID": "-100"}
    context = Context(known | environment, "--dry-run" in arguments, clock, said.append)
    assert main(["notify", "--what", "production v1", *arguments], context) == 0
    return said


def test_a_release_is_told_with_all_about_it(chat: Chat, clock: FakeClock) -> None:
    """What, who, how long, where: one message, readable on a phone."""
    started = clock.now().isoformat()
    clock.advance(185)
    run = {"GITHUB_REPOSITORY": "acme/nanobanana", "GITHUB_RUN_ID": "7", "GITHUB_ACTOR": "grace"}
    links = ("--link", "Notes=https://example.com/?a=1&b=2", "--link", "Bad=javascript:x")
    notify(chat, clock, "--release", "--started", started, "--detail", "3 changes", *links, **run)
    (message,) = chat.got
    assert message["text"] == (
        "✅ <b>production v1</b>\ngrace · 3 min 5 s\n3 changes\n"
        '<a href="https://example.com/?a=1&amp;b=2">Notes</a> · '
        '<a href="https://github.com/acme/nanobanana/actions/runs/7">Run</a>'
    )
    assert (message["chat_id"], message["parse_mode"], message["disable_notification"]) == ("-100", "HTML", False)


def test_success_in_daily_work_is_quiet(chat: Chat, clock: FakeClock) -> None:
    """Nobody is told that nothing is wrong, unless asked for: then without a sound."""
    assert "nobody is told" in notify(chat, clock)[0]
    assert chat.got == []
    notify(chat, clock, "--always")
    assert chat.got[0]["disable_notification"] is True


@pytest.mark.parametrize("result", ["failure", "cancelled", "rolled back", "held", "something else", ""])
def test_everything_else_is_told(chat: Chat, clock: FakeClock, result: str) -> None:
    """A result nobody thought of is not taken for success, and the phone rings."""
    notify(chat, clock, "--result", result)
    (message,) = chat.got
    assert "✅" not in str(message["text"])
    assert (result or "unknown") in str(message["text"])
    assert message["disable_notification"] is False


def test_nothing_given_becomes_markup() -> None:
    """Branch names and titles are other people's words."""
    text = write_notice(Notice("<b>&", "a<i>", who="<u>", details=("</b>",), links={"<x>": 'https://e.com/"><b>'}))
    assert text == (
        "⚠️ <b>&lt;b&gt;&amp;</b>\na&lt;i&gt; · &lt;u&gt;\n&lt;/b&gt;\n"
        '<a href="https://e.com/&quot;&gt;&lt;b&gt;">&lt;x&gt;</a>'
    )


def test_a_long_story_is_cut_between_lines() -> None:
    """Telegram refuses what is too long, and half a tag: the head and the links stay."""
    details = tuple("&" * 600 for _ in range(40))
    text = write_notice(Notice("w" * 900, details=details, links={"Run": "https://e.com"}))
    assert len(text) <= TEXT_LENGTH_MAX
    assert text.startswith("✅ <b>www")
    assert text.endswith('<a href="https://e.com">Run</a>')
    assert "…" in text


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (-3, "0 s"), (59.4, "59 s"), (3720, "1 h 2 min")])
def test_durations_are_for_people(seconds: float | None, text: str) -> None:
    """No `3720.0`."""
    assert format_duration(seconds) == text


def test_flood_control_is_obeyed_once(chat: Chat, clock: FakeClock) -> None:
    """Telegram names the seconds; they are waited for if they are few."""
    chat.answers = [(429, {"ok": False, "description": "Too Many", "parameters": {"retry_after": 9}})]
    assert notify(chat, clock, "--release") == ["told the chat"]
    assert clock.slept_seconds == [9]
    chat.answers = [(429, {"ok": False, "description": "Too Many", "parameters": {"retry_after": 900}})]
    assert "Too Many" in notify(chat, clock, "--release")[0]
    assert clock.slept_seconds == [9]


def test_a_refused_message_fails_nothing(chat: Chat, clock: FakeClock) -> None:
    """The line says Telegram's reason and not the token."""
    chat.answers = [(401, {"ok": False, "description": f"Unauthorized {TOKEN}"})]
    (said,) = notify(chat, clock, "--release")
    assert "Unauthorized" in said
    assert TOKEN not in said


def test_a_lost_answer_is_not_sent_twice(chat: Chat, clock: FakeClock) -> None:
    """It may have arrived; a line says that nobody knows."""
    chat.cuts = True
    (said,) = notify(chat, clock, "--release")
    assert "RemoteProtocolError" in said
    assert len(chat.got) == 1
    assert TOKEN not in said


def test_an_address_that_is_none_fails_nothing(chat: Chat, clock: FakeClock) -> None:
    """Not even a wrong setting does."""
    (said,) = notify(chat, clock, "--release", TELEGRAM_API_BASE_URL="http://[")
    assert "not told" in said


@pytest.mark.parametrize("name", ["NOTIFY_BOT_TOKEN", "NOTIFY_CHAT_ID"])
def test_without_a_chat_a_line_says_it(chat: Chat, clock: FakeClock, name: str) -> None:
    """A fork without the chat can still release."""
    (said,) = notify(chat, clock, "--release", **{name: ""})
    assert "unsent" in said
    assert "production v1" in said
    assert chat.got == []


def test_a_dry_run_sends_nothing(chat: Chat, clock: FakeClock) -> None:
    """It says what would be sent."""
    (said,) = notify(chat, clock, "--release", "--dry-run", "--started", "yesterday")
    assert said.startswith("would send")
    assert chat.got == []


def test_an_output_has_one_line(tmp_path: Path) -> None:
    """A value of two lines would be another output: it is refused."""
    context = Context({"GITHUB_OUTPUT": str(tmp_path / "outputs")})
    with pytest.raises(RefusedError):
        write_outputs(context, url="https://e.com\ndigest=sha256:forged")
    write_outputs(Context({}), url="nowhere")
    assert not (tmp_path / "outputs").exists()
