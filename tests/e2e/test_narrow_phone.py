"""The chat page on the narrowest phone that is common: what a button says is read to its end, the price too."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
import telegram
from playwright.async_api import Browser
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

import shared.texts
from infra.local.telegram import run_telegram
from shared.bot import role
from shared.bot.memory_page import memory_screen
from shared.bot.menus import EXAMPLES, QUESTION, language_panel, settings_panel
from shared.conversations.conversation import Conversation
from shared.conversations.history_screens import (
    conversation_screen,
    deletion_screen,
    file_caption,
    kept_screen,
    list_screen,
)
from shared.conversations.mode import mode_panel
from shared.credits.catalogue import MODEL_NAMES, OFFERS, PACES, PROVIDERS, SIZES, VOICES, price_of
from shared.credits.ledger import ROUTES, Account, Transfer, TransferKind
from shared.gallery.gallery_screens import (
    View,
    delete_rows,
    drop_rows,
    menu_rows,
    opening_screen,
    result_rows,
    shelf_rows,
)
from shared.gallery.result import Cursor, Result, Selection
from shared.jobs.job import Job, JobState
from shared.people.facts import FACTS_MAX
from shared.people.manner import Manner
from shared.people.shelves import Gallery, Shelf
from shared.people.speech_settings import HEARINGS, SPEECH_MODES, SpeechSettings
from shared.people.storage import RESULTS_DAYS, Storage
from shared.people.talk import ASK_ABOVE, CONFIRM_ABOVE, KEPT_DAYS, MODES, REVIEW_ABOVE, Fact, TalkPlace, TalkSettings
from shared.people.users import LANGUAGES, Language, PictureSettings, User
from shared.pictures.draft import Draft
from shared.pictures.keyboards import (
    choice_buttons,
    delete_buttons,
    format_buttons,
    home_buttons,
    picture_buttons,
)
from shared.pictures.picture import PictureArtefacts, PictureRequest, Reference, request_of
from shared.pictures.style_keyboards import gallery_buttons, restyle_buttons
from shared.pictures.tool_keyboards import tool_buttons, tool_choice_buttons
from shared.pictures.tools import TOOLS
from shared.ports import Screen
from shared.privacy.press_incognito import incognito_screen
from shared.privacy.press_term import term_screen
from shared.providers.outcomes import FailureReason
from shared.statement.balance_screens import View as BalanceView
from shared.statement.balance_screens import balance_screen, pick_screen
from shared.statement.entries import ENTRIES_SHOWN, Page
from shared.statement.section import Section, write_place
from shared.telegram.address import ChatAddress
from shared.texts import plain_text
from shared.videos.choice import Choice, works_for
from shared.videos.review import review_screen, wish_of
from shared.voices.voice_panel import voice_panel
from shared.wording.proposal import new_proposal
from shared.wording.screens import draw_proposal
from tests.e2e.page import NARROW_PHONE, ChatPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Labels = tuple[str, ...]
MANNERS = (
    Manner(search=True),
    Manner("own", own="a pirate"),
    Manner("lent", lent="a pirate"),
    Manner("translator", zone="America/Sao_Paulo", tongue="be"),
)

USER = 7
NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
JOB = Job(
    id="job-id-of-16-chr", user_id=USER, language="en",
    address=ChatAddress(USER, None, 7, is_private=True, update_id=1),
    artefacts=PictureArtefacts(),
    request=PictureRequest("a fox", "best", "16:9", "4K", price=24), index=1, count=1, created_at=NOW,
    deadline_at=NOW + timedelta(minutes=15), expire_at=NOW + timedelta(days=90), intent="intent",
)  # fmt: skip
DRAFT = Draft("draft-id", USER, USER, None, 7, True, "en", 1, NOW, NOW, caption="a fox", wants_video=True)
PROPOSAL = new_proposal("proposal-id-16-c", User(USER, NOW), NOW, NOW, is_private=True)
DRAFTS = (
    DRAFT,
    *(replace(DRAFT, parts={str(place): Reference("f", 1) for place in range(count)}) for count in (1, 2, 6)),
    replace(DRAFT, parent_id=JOB.id, source_seconds=14.9),
)
"""Of words, of pictures, of a video."""
USER_OF_ALL = replace(User(USER, NOW), account=Account(available=10_000))
HIDDEN = Storage(incognito_from=NOW, incognito_until=NOW + timedelta(hours=1))
CUT = """() => [...document.querySelectorAll(".key-text")]
  .filter(text => text.scrollWidth > text.clientWidth)
  .map(text => text.textContent)"""
SINGLE: dict[str, dict[str, int | str]] = {
    "button-export": {},
    "button-export-part": {"number": 100, "size": 250},
    "button-mix": {},
    "button-film": {}, "button-saving": {"price": 199}, "button-get-video": {}, "button-link": {},
    "button-original-video": {},
    "button-examples": {}, "button-example-choose": {}, "button-own-version": {},
    "button-styles": {}, "button-tools": {}, "button-others": {}, "button-improve": {},
    "button-draw": {"price": 56}, "button-draw-last": {"price": 56}, "button-get": {}, "button-why": {},
    "button-chat": {}, "button-get-answer": {}, "button-in-words": {}, "button-answer-stop": {},
    "button-answer-reworded": {}, "button-answer-continue": {}, "button-unsay": {},
    "button-prompt-use": {}, "button-prompt-keep": {}, "button-role-use": {},
    "button-role-share": {}, "button-role-try": {}, "button-role-adopt": {}, "button-open-chat": {},
    "button-gallery-zip-next": {}, "button-gallery-gone": {},
    "button-batch": {"count": 10, "price": 240}, "button-batch-first": {"count": 9, "price": 216},
    "button-batch-alone": {"price": 96}, "button-batch-stop": {}, "button-batch-album": {},
    "button-package": {"credits": 1_950, "stars": 1_500}, "button-plan": {"credits": 1_000, "stars": 770, "days": 30},
    "button-subscribe": {"stars": 1_500}, "button-subscription": {}, "button-cancel-subscription": {},
    "button-restore-subscription": {}, "button-app": {}, "button-gift-send": {}, "button-gift-back": {},
    "button-invite-send": {}, "button-by-card": {},
    "button-card-package": {"credits": 1_950, "money": "2\u00a0499,99\u00a0₽"},
    "button-card-missing": {"credits": 1_950, "money": "2\u00a0499,99\u00a0₽"},
    "button-card-plan": {"credits": 1_000, "days": 30, "money": "2\u00a0499\u00a0₽"},
    "button-card-again": {"money": "2\u00a0499,99\u00a0₽"},
    "button-card-pay": {"money": "2\u00a0499,99\u00a0₽"}, "button-email-keep": {}, "button-email-other": {},
    "button-email-forget": {}, "button-term": {}, "button-keep-me": {}, "button-erase-sure": {},
    "button-support-end": {}, "button-support-answer": {}, "button-support-more": {},
    "button-api-new": {}, "button-api-key": {"name": "WWWWW"}, "button-api-docs": {}, "button-api-read": {},
    "button-api-make": {}, "button-api-all": {}, "button-api-renew": {}, "button-api-revoke": {},
    "button-api-revoke-sure": {}, "button-api-keep": {}, "button-api-back": {}, "button-api-stored": {},
    "button-order-own": {"price": 240}, "button-wallet-close-yes": {}, "button-wallet-close-no": {},
    "button-wallet-back": {}, "button-admin": {},
}  # fmt: skip
"""What always stands alone in its row, outside of the keyboards under pictures."""


TOGETHER = (
    ("button-cancel", "button-only-words"),
    ("button-answer-again", "button-answer-shorter", "button-answer-longer"),
    ("button-answer-continue", "button-answer-file"),
    ("button-describe", "button-prompt-of"),
    ("button-improve", "button-in-words"),
    ("button-improve", "button-cancel"),
    ("button-said-answer", "button-said-draw"),
    ("button-prompt-share", "button-delete"),
    ("button-prompt-unshare", "button-delete"),
    ("button-change", "button-extend"),
    ("button-wallet-log", "button-wallet-close"),
)
CURRENCIES = (("USD", "EUR"), ("RUB", "EUR"), ("RUB", "USD"))
"""The other currencies, in one row under the packages for cards."""
"""What stands together in a row: under words that were understood, under an answer, under a prompt."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_button_is_listed(language: Language) -> None:
    """No button is missing among the rows that are measured."""
    source = (Path(shared.texts.__file__).parent / f"{language}.ftl").read_text(encoding="utf-8")
    beginnings = re.findall(r"^button-[a-z-]+ = ([^{\n]+)", source, re.MULTILINE)
    labels = {label for row in list_rows(language) for label in row}
    assert [each for each in beginnings if not any(label.startswith(each) for label in labels)] == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_label_is_cut(browser: Browser, language: Language) -> None:
    """Every row of buttons that the bot can show, with the longest values, fits the screen without an ellipsis."""
    async with (
        run_telegram(seed=1) as running,
        telegram.Bot(running.token, base_url=running.base_url) as bot,
    ):
        rows = set(list_rows(language))
        await running.send(USER, text="hello")
        for row in sorted(rows):
            keys = [InlineKeyboardButton(label, callback_data="x") for label in row]
            await bot.send_message(USER, "…", reply_markup=InlineKeyboardMarkup([keys]))
        async with await ChatPage.open(browser, running.url, user=USER, size=NARROW_PHONE) as page:
            assert await page.page.locator(".key-text").count() == sum(len(row) for row in rows)
            assert await page.page.evaluate(CUT) == []


def list_review_rows(language: Language) -> Iterator[Labels]:
    """What stands under a video that is looked at before it is bought: the cheapest, and the dearest, of each kind."""
    for draft, choice in product(DRAFTS, (Choice(), Choice(15, "9:16", "1080p", has_sound=False))):
        for work in works_for(wish_of(draft)):
            chosen = replace(choice, work=work)
            screen = review_screen(draft, chosen, USER_OF_ALL, language, NOW, sellers=PROVIDERS)
            yield from (tuple(button.label for button in row) for row in screen.buttons)


def list_share_rows(language: Language) -> Iterator[Labels]:
    """What stands on the page of a shared result."""
    yield from ((plain_text(language, f"button-share-{name}"),) for name in ("send", "close", "open"))
    for name, shown in product(("words", "name"), ("yes", "no")):
        yield (plain_text(language, f"button-share-{name}", shown=shown),)


def list_gallery_rows(language: Language) -> Iterator[Labels]:
    """The keyboards of the gallery, with and without a favourite, in a collection with a long name."""
    gallery = Gallery((Shelf("12345678", "Жёлтая щётка для широких щёк и ещё"),))
    for shelves, shelf in product((("star", "12345678"), ()), ("12345678", "", "gone1234")):
        job = replace(JOB, shelves=shelves)
        view = View(Selection(shelf=shelf), Cursor(NOW, JOB.id), has_newer=True, has_older=True)
        for keyboard in (
            result_rows(Result(job), view, language),
            delete_rows(view, language),
            shelf_rows(Result(job), view, gallery, language),
            menu_rows(Result(replace(job, count=10)), view, gallery, language, "0"),
            drop_rows(view, language),
            opening_screen(language).buttons,
        ):
            yield from (tuple(button.label for button in row) for row in keyboard)


def list_proposal_rows(language: Language) -> Iterator[Labels]:
    """What stands under three wordings and under a prompt that was read, at the highest price."""
    settings = PictureSettings("best", size="4K", count=4)
    worded = replace(PROPOSAL, words="a fox", variants=("1", "2", "3"))
    for proposal in (worded, replace(worded, wants_video=True), replace(PROPOSAL, variants=("1",))):
        screen = draw_proposal(proposal, settings, language)
        yield from (tuple(button.label for button in row) for row in screen.buttons)


def list_rows(language: Language) -> Iterator[Labels]:
    for job in list_jobs(language):
        request = request_of(job)
        other = replace(request, model="best" if request.model == "fast" else "fast")
        for keyboard in (
            home_buttons(job),
            picture_buttons(job, "0"),
            format_buttons(job, "0", "f"),
            tool_buttons(job, PictureSettings("best", size="4K"), "0", "f"),
            *(tool_choice_buttons(job, tool.name, PictureSettings("best", size="4K"), "0", "f") for tool in TOOLS),
            choice_buttons(job, other, "0", "f"),
            delete_buttons(job, "0"),
            restyle_buttons(job, PictureSettings("best", size="4K"), "0", "f"),
        ):
            yield from (tuple(button.label for button in row) for row in keyboard)
    yield from (tuple(button.label for button in row) for row in gallery_buttons(language))
    yield (plain_text(language, "button-style-last", price=96),)
    yield from list_proposal_rows(language)
    for model in MODEL_NAMES:
        for ratio in OFFERS[model].ratios:
            settings = PictureSettings(model, ratio, SIZES[-1], 4, original=True)
            talk = TalkSettings(review_above=max(REVIEW_ABOVE))
            user = User(USER, NOW, settings=settings, language=language, talk=talk)
            for panel in (
                settings_panel(User(USER, NOW), language),
                settings_panel(user, language, PROVIDERS),
                language_panel(user, language),
            ):
                yield from (tuple(button.label for button in row) for row in panel.buttons)
    yield from list_review_rows(language)
    yield from list_balance_rows(language)
    yield from (tuple(plain_text(language, "button-currency", currency=each) for each in pair) for pair in CURRENCIES)
    yield from list_gallery_rows(language)
    yield from list_share_rows(language)
    yield from ((plain_text(language, name, **values),) for name, values in SINGLE.items())
    yield from (tuple(plain_text(language, name) for name in row) for row in TOGETHER)
    yield plain_text(language, "button-speak", price=25), plain_text(language, "button-price")
    for mode, above in product(MODES, ASK_ABOVE):
        panel = mode_panel(TalkSettings({"p": TalkPlace(NOW, mode)}, ask_above=above), "p", language, USER)
        yield from (tuple(button.label for button in row) for row in panel.buttons)
    for panel in list_talk_panels(language):
        yield from (tuple(button.label for button in row) for row in panel.buttons)
    for speech_mode, voice, pace, hearing in product(SPEECH_MODES, VOICES, PACES, HEARINGS):
        panel = voice_panel(SpeechSettings(speech_mode, voice, pace, hearing), language, USER, None)
        yield from (tuple(button.label for button in row) for row in panel.buttons)
    for manner, draw in product(MANNERS, role.PAGES.values()):
        panel = draw(User(USER, NOW, manner=manner), language, "")
        yield from (tuple(button.label for button in row) for row in panel.buttons)
    yield from ((plain_text(language, f"example-{number}"),) for number in (*EXAMPLES, QUESTION))


def list_balance_rows(language: Language) -> Iterator[Labels]:
    """The keyboards of /balance on a page in the middle, with each section chosen, and with the number for all."""
    gift = Transfer("gift", TransferKind.GIFT, *ROUTES[TransferKind.GIFT], USER, 5, NOW)
    page = Page((gift,) * ENTRIES_SHOWN, NOW)
    for section in Section:
        for draw in (balance_screen, pick_screen):
            screen = draw(Account(), page, BalanceView(section, (write_place(NOW),)), language)
            yield from (tuple(button.label for button in row) for row in screen.buttons)
    for limit in CONFIRM_ABOVE:
        panel = settings_panel(User(USER, NOW, talk=TalkSettings(confirm_above=limit)), language)
        yield from (tuple(button.label for button in row) for row in panel.buttons)
    yield (plain_text(language, "button-receipt"),)
    yield (plain_text(language, "button-order", price=199),)
    yield (plain_text(language, "button-order-group"),)


def list_talk_panels(language: Language) -> Iterator[Screen]:
    """The screens of /history and /memory, with wide letters, every choice, and as many facts as there may be."""
    talk = Conversation("talk-id-16-chars", USER, "p", NOW, NOW, NOW, title="Жёлтая щётка для широких щёк", count=12)
    facts = tuple(Fact(f"fact {number}", NOW) for number in range(FACTS_MAX))
    for days, is_forgetful in product(KEPT_DAYS, (True, False)):
        settings = TalkSettings(kept_days=days, facts=facts, is_forgetful=is_forgetful)
        yield list_screen([talk], talk.id, NOW, settings, language, USER)
        yield kept_screen(settings, language, USER)
        yield memory_screen(User(USER, NOW, talk=settings), language)
    for is_current in (True, False):
        yield conversation_screen(talk, language, USER, is_current=is_current)
    yield deletion_screen(talk, language, USER)
    yield from (term_screen(User(USER, NOW, storage=Storage(days)), language) for days in RESULTS_DAYS)
    yield from (incognito_screen(User(USER, NOW, storage=each), language, NOW) for each in (Storage(), HIDDEN))
    yield file_caption(talk, 4_001, language, USER)


def list_jobs(language: Language) -> Iterator[Job]:
    """Each state and failure of one picture and of several, repeated, deleted too, in each model and ratio."""
    states = [replace(JOB, language=language, state=state) for state in JobState]
    states += [replace(JOB, language=language, state=JobState.FAILED, failure=reason) for reason in FailureReason]
    states.append(replace(JOB, language=language, state=JobState.DELIVERED, deleted_at=NOW, sweep_at=NOW))
    for job, model, count in product(states, MODEL_NAMES, (1, 4)):
        for ratio in OFFERS[model].ratios:
            request = PictureRequest("a fox", model, ratio, "4K", price=price_of(model, "4K"), is_repeat=True)
            yield replace(job, request=request, index=count, count=count)
