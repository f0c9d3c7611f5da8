"""The chat page alone, with a bot played by the test: what the apps do, the page does."""

import asyncio
import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import telegram
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultCachedPhoto,
    InlineQueryResultsButton,
    MessageEntity,
)

from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.contents import Attachment
from infra.local.telegram.reading import Upload
from tests.e2e.page import PHONE, ChatPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

USER = 7
CLUB = -1001
CONTRAST_MIN = 4.5
CONTRASTS = """roots => {
  const read = (color) => {
    const values = color.match(/[\\d.]+/g).map(Number);
    const scale = color.startsWith("color(") ? 255 : 1;
    return [...values.slice(0, 3).map((value) => value * scale), values[3] ?? 1];
  };
  const over = (top, ground) => [...[0, 1, 2].map((i) => top[i] * top[3] + ground[i] * (1 - top[3])), 1];
  const light = (color) => {
    const parts = color.map((value) => value / 255);
    const [r, g, b] = parts.map((v) => (v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null; // no single colour
      const layer = read(style.backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
  };
  const found = {};
  for (const element of roots.flatMap((root) => [...document.querySelectorAll(`${root}, ${root} *`)])) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3);
    const words = texts.map((node) => node.data.trim()).join("");
    const ground = words && element.checkVisibility() && groundOf(element);
    if (!ground) continue;
    const [a, b] = [light(over(read(getComputedStyle(element).color), ground)), light(ground)];
    found[`${element.tagName} ${words}`] = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  }
  return found;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def tg() -> AsyncIterator[Telegram]:
    async with run_telegram(seed=1) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bot(tg: Telegram) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(tg.token, base_url=tg.base_url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def ada(tg: Telegram, browser: Browser) -> AsyncIterator[ChatPage]:
    """Somebody whose chat has one message of their own; everything may be copied."""
    await tg.send(USER, text="hello")
    async with await ChatPage.open(browser, tg.url, user=USER) as page:
        await page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield page


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([list(buttons)])


async def test_a_quick_second_press_is_a_second_query(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """A double click presses twice, as in the apps; the button turns until both presses are answered."""
    await bot.send_message(USER, "Draw?", reply_markup=keyboard(InlineKeyboardButton("Yes", callback_data="yes")))
    await ada.get("button-0").dblclick()
    await tg.wait_until(lambda: len(tg.world.queries) == 2)
    first, second = tg.world.queries
    await bot.answer_callback_query(first, "once")
    await ada.wait_toast("once")
    await expect(ada.get("button-0")).to_have_class("key busy")
    await bot.answer_callback_query(second, "twice")
    await expect(ada.get("button-0")).to_have_class("key")


async def test_links_open_and_words_are_copied(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """A url button opens its page, a copy button copies its text, and code is copied by a click on it."""
    markup = keyboard(
        InlineKeyboardButton("Open", url=f"{tg.url}/health"),
        InlineKeyboardButton("Copy", copy_text=CopyTextButton("a fox 16:9")),
    )
    await bot.send_message(USER, "Say <code>a cat &amp; a dog</code>", parse_mode="HTML", reply_markup=markup)
    async with ada.page.expect_popup() as opened:
        await ada.get("button-0").click()
    assert (await opened.value).url == f"{tg.url}/health"
    await (await opened.value).close()
    await ada.page.bring_to_front()
    for testid, words in (("button-1", "a fox 16:9"), ("code", "a cat & a dog")):
        await ada.get(testid).click()
        await ada.wait_toast("Copied")
        assert await ada.page.evaluate("navigator.clipboard.readText()") == words


async def test_a_link_to_the_bot_keeps_its_payload(tg: Telegram, bot: telegram.Bot, browser: Browser) -> None:
    """A t.me link to this bot, pressed in a group, opens the private chat, where Start sends its payload."""
    await tg.create_chat(CLUB, title="Painters")
    link = f"https://t.me/{tg.world.account.username}?start=balance"
    await bot.send_message(CLUB, "In private", reply_markup=keyboard(InlineKeyboardButton("Open", url=link)))
    async with await ChatPage.open(browser, tg.url, user=USER, chat=CLUB) as page:
        await page.get("button-0").click()
        await page.page.wait_for_url("**start=balance**")
        await page.get("start").click()
        await expect(page.mine).to_have_count(1)
        await expect(page.get("start")).to_be_hidden()
    assert [message["text"] for message in tg.messages(USER)] == ["/start balance"]


async def test_the_menu_follows_the_commands_of_the_chat(ada: ChatPage, bot: telegram.Bot) -> None:
    """Commands set for this chat alone replace the general ones at once, even in an open menu."""
    await bot.set_my_commands([BotCommand("help", "Help")])
    await ada.get("commands-open").click()
    await expect(ada.get("commands")).to_have_text("/helpHelp")
    await bot.set_my_commands([BotCommand("help", "Помощь")], BotCommandScopeChat(USER))
    await expect(ada.get("commands")).to_have_text("/helpПомощь")


async def test_a_chat_action_lasts_five_seconds(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """The chat action is in the header for five seconds; it is not a message."""
    await ada.page.clock.install()
    await bot.send_chat_action(USER, "upload_photo")
    await expect(ada.get("status")).to_have_text("sending a photo")
    await ada.page.clock.fast_forward(4900)
    await expect(ada.get("status")).to_have_text("sending a photo")
    await ada.page.clock.fast_forward(200)
    await expect(ada.get("status")).to_have_text("bot")
    assert len(tg.messages(USER)) == 1


async def test_a_long_text_goes_in_parts_and_any_file_as_document(ada: ChatPage, tg: Telegram) -> None:
    """The page sends 4,097 characters as two messages of one second, and a PDF as it is."""
    await ada.get("composer").fill("a" * 4097)
    await ada.get("send").click()
    await expect(ada.mine).to_have_count(3)
    _, first, second = tg.messages(USER)
    assert (len(first["text"]), second["text"], first["date"]) == (4096, "a", second["date"])
    await ada.attach(FilePayload(name="brief.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7"))
    await ada.write("read this")
    assert tg.messages(USER)[-1]["document"]["mime_type"] == "application/pdf"


async def test_everything_people_send_is_shown(ada: ChatPage, tg: Telegram) -> None:
    """Stickers, voices, forwards, messages through bots: each is recognised on the screen."""
    await send_everything(tg)
    await expect(ada.get("sticker")).to_have_js_property("naturalWidth", 512)
    await expect(ada.get("document")).to_have_count(3)
    await expect(ada.get("document").nth(1)).to_contain_text("Voice message")
    assert await ada.get("origin").all_inner_texts() == ["Forwarded from Gallery", "via @gif"]
    await expect(ada.get("quote")).to_contain_text("ell")


async def send_everything(tg: Telegram) -> None:
    """One message of each kind, in the private chat of USER."""
    picture = io.BytesIO()
    Image.new("RGBA", (512, 512), (255, 200, 0, 200)).save(picture, "WEBP")
    mine = tg.messages(USER)[0]["message_id"]
    for kind, mime, content in (
        ("sticker", "image/webp", picture.getvalue()),
        ("animation", "video/mp4", b"mp4"),
        ("voice", "audio/ogg", b"ogg"),
        ("document", "application/pdf", b"%PDF"),
    ):
        name = f"a.{mime.partition('/')[2]}"
        await tg.send(USER, attachments=[Attachment(kind, Upload(name, mime, content), {"emoji": "🍌"})])
    channel = {"id": -1_000_000_000_055, "type": "channel", "title": "Gallery"}
    origin = {"type": "channel", "chat": channel, "message_id": 5}
    await tg.send(USER, text="a post", forward_origin=origin, comment="look")
    await tg.send(USER, text="found", via_bot={"id": 140_267_078, "username": "gif"})
    await tg.send(USER, text="this part", reply_to_message_id=mine, quote="ell")


async def test_a_group_shows_who_speaks_and_where_it_went(tg: Telegram, browser: Browser) -> None:
    """Anonymous administrators and channels have their own names, and an upgraded group leads to the new one."""
    await tg.create_chat(CLUB, type="group", title="Painters", members={str(USER): "creator"})
    await tg.send(USER, chat_id=CLUB, text="as the group", sender_chat="group")
    await tg.send(8, chat_id=CLUB, text="as a channel", sender_chat={"id": -1_000_000_000_055, "title": "Gallery"})
    async with await ChatPage.open(browser, tg.url, user=USER, chat=CLUB) as page:
        assert await page.page.locator(".name").all_inner_texts() == ["Painters", "Gallery"]
        new = (await tg.upgrade(CLUB))["id"]
        await page.get("moved").click()
        await page.page.wait_for_url(f"**chat={new}**")
        await expect(page.get("service")).to_have_text("The group became a supergroup")
        await expect(page.get("message")).to_have_count(0)


async def send_every_mark(bot: telegram.Bot) -> None:
    """A message with each kind of markup, and a quote that is long enough to be folded."""
    quote = "\n".join(f"line {number}" for number in range(1, 9))
    marked = (
        "<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <tg-spoiler>hidden words</tg-spoiler> "
        "<code>inline</code> "
        f'<a href="https://example.org/">a link</a> /help #tag\n<pre><code class="language-python">x = 1 &lt; 2\n'
        f"{'y = [1, 2, 3]  ' * 8}</code></pre>\n<blockquote>a quote</blockquote>\n"
        f"<blockquote expandable>{quote}</blockquote>\nafter"
    )
    await bot.send_message(USER, marked, parse_mode="HTML")


async def send_draft(bot: telegram.Bot, text: str, draft_id: int = 5, **more: object) -> None:
    """A text that the bot still writes, and that can be stopped."""
    await bot.send_message_draft(USER, draft_id, text, api_kwargs={"can_stop": True, **more})


async def test_every_mark_is_shown(ada: ChatPage, bot: telegram.Bot) -> None:
    """Code keeps its language and lines, long quotes are folded, a spoiler is covered until it is pressed."""
    await send_every_mark(bot)
    words = ada.bots.last.get_by_test_id("message-text")
    for tag in ("b", "i", "u", "s", "pre", "blockquote >> nth=0"):
        await expect(words.locator(tag).first).to_be_visible()
    await expect(words.locator("pre .lang")).to_have_text("python")
    assert (await words.locator("pre code").inner_text()).startswith("x = 1 < 2\ny = ")
    await expect(words.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.org/")
    await expect(words.locator(".spoiler-text")).to_have_css("opacity", "0")
    await words.get_by_role("button", name="Hidden text, press to show").click()
    await expect(words.locator(".spoiler-text")).to_have_css("opacity", "1")
    folded = await words.locator(".quote-body").bounding_box()
    await words.get_by_role("button", name="Show all").click()
    unfolded = await words.locator(".quote-body").bounding_box()
    assert folded
    assert unfolded
    assert unfolded["height"] > 2 * folded["height"]


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
async def test_a_long_text_is_readable(
    tg: Telegram, browser: Browser, bot: telegram.Bot, size: tuple[int, int]
) -> None:
    """A message of 4,096 characters with code and without spaces stays in its bubble, in letters of at least 14 px."""
    await tg.send(USER, text="hello")
    await bot.send_message(USER, "word " * 600 + "x" * 1096)
    await send_every_mark(bot)
    async with await ChatPage.open(browser, tg.url, user=USER, size=size) as page:
        over = await page.page.evaluate("document.querySelector('#scroll').scrollWidth - innerWidth")
        assert over <= 0
        for element in ("pre code", ".quote-body", ".words"):
            assert await page.page.locator(element).last.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 14
            assert await page.page.locator(element).last.evaluate(
                "e => e.scrollWidth <= e.clientWidth + 1 || !e.clientWidth"
            )


async def test_a_draft_grows_and_gives_way(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """A draft is one bubble that grows, marks included; the message takes its place in the same frame, unmoved."""
    await send_draft(bot, "")
    await expect(ada.get("draft-text")).to_have_text("Thinking…")
    bubble = await ada.get("draft").element_handle()
    assert bubble
    entities = [MessageEntity("bold", 0, 4)]
    await bot.send_message_draft(USER, 5, "half a", entities=entities, api_kwargs={"can_stop": True})
    await expect(ada.get("draft-text")).to_have_text("half a")
    await expect(ada.get("draft").locator("b")).to_have_text("half")
    assert await bubble.evaluate("element => element.isConnected")
    await ada.page.evaluate(WATCH_SWAPS)
    await bot.send_message(USER, "half a sentence")
    await ada.wait_message("half a sentence")
    await expect(ada.get("draft")).to_have_count(0)
    assert await ada.page.evaluate("window.swaps") == [[0, 2]]
    await expect(ada.bots.last).not_to_have_class(re.compile(r"\bnew\b"))
    assert len(tg.messages(USER)) == 2


WATCH_SWAPS = """() => {
  window.swaps = [];
  const count = (name) => document.querySelectorAll(`[data-testid="${name}"]`).length;
  new MutationObserver(() => window.swaps.push([count("draft"), count("message")])).observe(
    document.querySelector("#messages"), { childList: true });
}"""


async def test_stop_ends_a_draft(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """Stop is a button with a name, works by keyboard, keeps the focus while the draft grows, and tells the bot."""
    await send_draft(bot, "half a")
    stop = ada.get("draft").get_by_role("button", name="Stop", exact=True)
    await stop.focus()
    await send_draft(bot, "half a sentence")
    await expect(ada.get("draft-text")).to_have_text("half a sentence")
    await expect(stop).to_be_focused()
    await stop.press("Enter")
    await expect(ada.get("draft")).to_have_count(0)
    updates = await tg.world.updates.poll(0, 10, 1)
    assert updates
    assert updates[-1]["stopped_message_generation"]["draft_id"] == 5


async def test_a_stopped_draft_may_stay(ada: ChatPage, bot: telegram.Bot) -> None:
    """With `keep_on_stop` the words stay on the screen, without Stop, and fade with the draft's life."""
    await ada.page.clock.install()
    await send_draft(bot, "half a", keep_on_stop=True)
    await ada.get("draft-stop").click()
    await expect(ada.get("draft-stop")).to_be_hidden()
    await expect(ada.get("draft-text")).to_have_text("half a")
    await ada.page.clock.fast_forward(31_000)
    await expect(ada.get("draft")).to_have_count(0)


async def test_a_draft_is_there_after_a_reload(ada: ChatPage, bot: telegram.Bot) -> None:
    """A person who opens the chat meanwhile sees what is being written; a draft that cannot be stopped has no Stop."""
    await bot.send_message_draft(USER, 5, "half a")
    await expect(ada.get("draft-text")).to_have_text("half a")
    await expect(ada.get("draft-stop")).to_be_hidden()
    await ada.page.reload()
    await expect(ada.get("draft-text")).to_have_text("half a")


async def test_typing_looks_different_from_sending(ada: ChatPage, bot: telegram.Bot) -> None:
    """The header tells writing, sending and recording apart, in words and by their sign."""
    for action, words, sign in (
        ("typing", "typing", "doing typing"),
        ("upload_photo", "sending a photo", "doing upload"),
        ("record_voice", "recording a voice message", "doing record"),
        ("find_location", "sharing a place", "doing find"),
    ):
        await bot.send_chat_action(USER, action)
        await expect(ada.get("status")).to_have_text(words)
        await expect(ada.get("status").locator(".doing")).to_have_class(sign)


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_words_stand_out(
    tg: Telegram, browser: Browser, bot: telegram.Bot, theme: str, size: tuple[int, int]
) -> None:
    """Beside the chat, in its header and in its bubbles every word has the contrast that reading needs (WCAG AA)."""
    await tg.send(USER, text="hello")
    await send_everything(tg)
    await send_every_mark(bot)
    await send_draft(bot, "")
    async with await ChatPage.open(browser, tg.url, user=USER, theme=theme, size=size) as page:
        if size == PHONE:
            await page.get("menu").tap()
            await expect(page.get("sidebar")).to_be_in_viewport()
        contrasts = await page.page.evaluate(CONTRASTS, [".side", ".head", ".bubble", ".foot"])
    assert len(contrasts) > 20
    assert {words: ratio for words, ratio in contrasts.items() if ratio < CONTRAST_MIN} == {}


async def test_both_chats_of_the_sidebar_stand_out_when_chosen(tg: Telegram, browser: Browser) -> None:
    """The chosen chat's second line is readable in both themes, in the group as in the private chat."""
    await asyncio.gather(tg.create_chat(CLUB, title="Painters"))
    for theme in ("light", "dark"):
        async with await ChatPage.open(browser, tg.url, user=USER, chat=CLUB, theme=theme) as page:
            contrasts = await page.page.evaluate(CONTRASTS, [".chats"])
        assert min(contrasts.values()) >= CONTRAST_MIN, theme


# --- what a person does beside writing ---------------------------------------------------------------------


def list_sent(tg: Telegram) -> list[dict[str, object]]:
    """What Ada sent after her first message."""
    return [message for message in tg.messages(USER) if message["from"]["id"] == USER][1:]


def make_picture(kind: str = "PNG", colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


async def test_a_message_is_forwarded_with_a_comment(ada: ChatPage, tg: Telegram) -> None:
    """Forward in a message's menu, then words: the comment comes first, and the forward tells whose it was."""
    [photo] = await tg.send(USER, photos=[make_picture()], caption="boat")
    await expect(ada.mine).to_have_count(2)
    shown = await ada.pin(ada.mine.last)
    await shown.get_by_test_id("more").click()
    await ada.get("menu-forward").click()
    await expect(ada.get("reply-bar")).to_contain_text("Forward from User 7")
    await ada.get("composer").fill("as a watercolour")
    await ada.get("composer").press("Enter")
    await expect(ada.get("origin")).to_have_text("Forwarded from User 7")
    await expect(ada.get("reply-bar")).to_be_hidden()
    comment, forwarded = list_sent(tg)[-2:]
    assert (comment["text"], forwarded["photo"]) == ("as a watercolour", photo["photo"])


async def test_a_forward_needs_no_comment(ada: ChatPage, tg: Telegram) -> None:
    """An album is forwarded whole, without words."""
    await tg.send(USER, photos=[make_picture(), make_picture(colour="red")])
    await expect(ada.mine).to_have_count(2)
    await ada.mine.last.get_by_test_id("more").click()
    await ada.get("menu-forward").click()
    await ada.get("send").click()
    await expect(ada.mine).to_have_count(3)
    assert len([message for message in list_sent(tg) if "forward_origin" in message]) == 2


async def test_marked_words_are_quoted(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """Words that are marked in a message can be answered alone."""
    await bot.send_message(USER, "a fox and an owl")
    words = ada.bots.last.get_by_test_id("message-text")
    await words.evaluate(
        """element => getSelection().setBaseAndExtent(element.firstChild, 9, element.firstChild, 16)""",
    )
    await ada.bots.last.get_by_test_id("more").click()
    await ada.get("menu-quote").click()
    await expect(ada.get("reply-bar")).to_contain_text("«an owl»")
    await ada.write("bigger")
    await expect(ada.mine.last.get_by_test_id("quote")).to_contain_text("an owl")
    quote = list_sent(tg)[-1]["quote"]
    assert quote == {"text": "an owl", "position": 10, "is_manual": True}


@pytest.mark.parametrize(
    ("mime", "send_as", "kind"),
    [
        ("image/png", "", "photo"),
        ("image/gif", "", "animation"),
        ("video/mp4", "", "video"),
        ("audio/mpeg", "", "audio"),
        ("application/pdf", "", "document"),
        ("image/png", "document", "document"),
        ("image/webp", "sticker", "sticker"),
        ("audio/ogg", "voice", "voice"),
        ("video/mp4", "video_note", "video_note"),
    ],
)
async def test_every_file_can_be_sent(ada: ChatPage, tg: Telegram, mime: str, send_as: str, kind: str) -> None:
    """Files go as the apps would send them, or as what was chosen, are shown, and can be answered."""
    content = make_picture(kind=mime.partition("/")[2].upper()) if mime.startswith("image/") else b"some bytes"
    await ada.attach(FilePayload(name="thing", mimeType=mime, buffer=content))
    await ada.get("send-as").select_option(send_as)
    await ada.get("send").click()
    await expect(ada.mine).to_have_count(2)
    [sent] = list_sent(tg)
    assert kind in sent
    shown = {"photo": "photo", "sticker": "sticker"}.get(kind, "document")
    await expect(ada.mine.last.get_by_test_id(shown)).to_be_visible()
    await ada.reply_to(ada.mine.last, "draw it")
    answered = list_sent(tg)[-1]["reply_to_message"]
    assert isinstance(answered, dict)
    assert kind in answered


async def test_words_are_inserted(ada: ChatPage, bot: telegram.Bot) -> None:
    """A button may write words for the bot into the composer; nothing is sent."""
    await bot.send_message(
        USER, "?", reply_markup=keyboard(InlineKeyboardButton("Try", switch_inline_query_current_chat="a bear"))
    )
    await ada.get("button-0").click()
    await expect(ada.get("composer")).to_have_value(f"@{bot.username} a bear")


async def test_inline_mode(ada: ChatPage, tg: Telegram, bot: telegram.Bot) -> None:
    """Typed after the bot's name, words show what the bot has for them; a press sends it, and the words are gone."""
    photo = (await bot.send_photo(USER, make_picture())).photo[-1].file_id

    async def answer() -> str:
        while True:
            for update in await bot.get_updates(timeout=5):
                await tg.world.updates.poll(update.update_id + 1, 1, 0)
                if update.inline_query is not None:
                    button = InlineQueryResultsButton("Open the chat", start_parameter="x")
                    results = [InlineQueryResultCachedPhoto("p", photo, "a fox")] if update.inline_query.query else []
                    await update.inline_query.answer(results, button=None if results else button)
                    return update.inline_query.query

    await ada.get("composer").fill(f"@{bot.username} ")
    assert await answer() == ""
    await expect(ada.get("inline-button")).to_have_attribute("href", re.compile("start=x"))
    await ada.get("composer").fill(f"@{bot.username} fox")
    assert await answer() == "fox"
    await ada.get("inline-result").click()
    await expect(ada.get("inline")).to_be_hidden()
    await expect(ada.get("composer")).to_have_value("")
    await expect(ada.mine.last.get_by_test_id("origin")).to_contain_text(f"@{bot.username}")
    await expect(ada.mine.last.get_by_test_id("photo")).to_be_visible()


async def test_a_chosen_command_names_its_bot_in_a_group(browser: Browser, tg: Telegram, bot: telegram.Bot) -> None:
    """From the menu and from a message, a command goes to this bot; one that is written out stays as it is."""
    await tg.create_chat(-1001, title="Club")
    await bot.set_my_commands([BotCommand("help", "How it works")])
    await bot.send_message(-1001, "Try /help")
    async with await ChatPage.open(browser, tg.url, user=USER, chat=-1001) as page:
        await page.page.get_by_role("button", name="/help", exact=True).click()
        await page.get("commands-open").click()
        await page.get("command-help").click()
        await expect(page.mine).to_have_count(2)
        await page.write("/help")
        await expect(page.mine).to_have_count(3)
    texts = [message["text"] for message in tg.messages(-1001)][1:]
    assert texts == [f"/help@{bot.username}", f"/help@{bot.username}", "/help"]


async def test_a_groups_header_says_who_acts(browser: Browser, tg: Telegram, bot: telegram.Bot) -> None:
    """In a group the header names the bot that is sending a photo."""
    await tg.create_chat(CLUB, title="Club")
    async with await ChatPage.open(browser, tg.url, user=USER, chat=CLUB) as page:
        await bot.send_chat_action(CLUB, "upload_photo")
        await expect(page.get("status")).to_have_text("NanoBanana is sending a photo")
