"""The notice chat is the local Telegram, driven by the deployer's own sender."""

from collections.abc import Iterator

import pytest

from infra.deploy.context import Context
from infra.deploy.telegram_notice import Notice, send_notice
from tests.cloud.clock import FakeClock
from tests.cloud.telegram import NoticeChat


@pytest.fixture
def notice_chat() -> Iterator[NoticeChat]:
    with NoticeChat() as running:
        yield running


def test_notice_is_read_in_the_chat(notice_chat: NoticeChat, clock: FakeClock) -> None:
    """What is sent stands in the chat, in order and without markup."""
    context = Context(notice_chat.environment(), clock=clock, say=lambda line: None)
    assert send_notice(context, Notice("first <of> all"))
    assert send_notice(context, Notice("second"))
    assert [text.splitlines()[0] for text in notice_chat.texts()] == ["✅ first <of> all", "✅ second"]


def test_telegram_fails_on_purpose(notice_chat: NoticeChat, clock: FakeClock) -> None:
    """The local Telegram's faults are at hand."""
    notice_chat.telegram.add_fault("error", methods=["sendMessage"], status=500)
    said: list[str] = []
    assert not send_notice(Context(notice_chat.environment(), clock=clock, say=said.append), Notice("lost"))
    assert notice_chat.texts() == []
