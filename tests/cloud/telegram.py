"""The local Telegram in a thread, for notices to the people who run the bot.

    with NoticeChat() as chat:
        …  # the code under test, with the variables of chat.environment()
        assert "released" in chat.texts()[-1]

`chat.telegram` is the whole local Telegram (`infra.local.telegram`): faults by `chat.telegram.add_fault(…)`.
"""

from infra.local.telegram.server import TEST_TOKEN, run_telegram
from tests.cloud.serving import Serving

CHAT_ID = 4242


class NoticeChat(Serving):
    """A chat of one person, who has started the bot."""

    def environment(self) -> dict[str, str]:
        """What infra/deploy/telegram_notice.py reads."""
        return {
            "NOTIFY_BOT_TOKEN": TEST_TOKEN,
            "NOTIFY_CHAT_ID": str(CHAT_ID),
            "TELEGRAM_API_BASE_URL": self.url,
        }

    def texts(self) -> list[str]:
        """What the bot wrote, the oldest first, without markup."""
        return [str(each["text"]) for each in self.telegram.messages(CHAT_ID) if each["from"]["is_bot"]]

    async def _serve(self) -> None:
        async with run_telegram() as self.telegram:
            await self.telegram.send(CHAT_ID, text="/start")
            await self._stay(self.telegram.url)
