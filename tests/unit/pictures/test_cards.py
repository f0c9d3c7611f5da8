"""Cards say what happened in both languages, show no price to a group, and stay within Telegram's limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.bot.menus import language_panel, settings_panel
from shared.credits.catalogue import MODEL_NAMES, RATIOS, SIZES
from shared.jobs.job import Attempt, Job, JobState
from shared.people.users import LANGUAGES, Language, PictureSettings, User
from shared.pictures.cards import caption, card, deleted_card, draft_card, undeletable_caption
from shared.pictures.draft import Draft, DraftState
from shared.pictures.keyboards import choice_buttons, delete_buttons, format_buttons, home_buttons, picture_buttons
from shared.pictures.picture import PictureArtefacts, PictureRequest, Reference, request_of
from shared.pictures.tool_keyboards import tool_buttons, tool_choice_buttons
from shared.pictures.tools import TOOLS
from shared.ports import Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.address import ChatAddress, as_in_group, chat_of, show_card

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
JOB = Job(
    id="job-id-of-16-chr", user_id=2**52, language="en",
    address=ChatAddress(501, None, 7, is_private=True, update_id=1),
    artefacts=PictureArtefacts(),
    request=PictureRequest("a fox", "best", "16:9", "4K", price=24), index=2, count=4, created_at=NOW,
    deadline_at=NOW + timedelta(minutes=15), expire_at=NOW + timedelta(days=90),
)  # fmt: skip
STATES = [
    *(replace(JOB, state=state) for state in JobState if state is not JobState.FAILED),
    *(replace(JOB, state=JobState.FAILED, failure=reason, model_said="<nonsense>") for reason in FailureReason),
    replace(
        JOB,
        state=JobState.FAILED,
        failure=FailureReason.FILE_TOO_LARGE,
        artefacts=PictureArtefacts(too_many_pixels=True),
    ),
]


def check(screen: Screen) -> None:
    """Telegram's limits: 4096 characters, labels of 64, data of 64 bytes, 8 buttons in a row."""
    assert 0 < len(screen.text) <= 4096
    for row in screen.buttons:
        assert 0 < len(row) <= 8
        for button in row:
            assert 0 < len(button.label) <= 64
            assert 0 < len(button.data.encode()) <= 64


@pytest.mark.parametrize("job", STATES, ids=lambda job: f"{job.state}-{job.failure}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state(job: Job, language: Language) -> None:
    """Each state and each failure has a card that Telegram takes."""
    screen = card(
        replace(job, language=language, artefacts=PictureArtefacts(late_parts=3)), NOW + timedelta(seconds=75)
    )
    check(screen)
    assert "Nano Banana Pro" in screen.text
    assert "E-" not in screen.text
    assert "nonsense" not in screen.text
    assert len(screen.buttons) <= 4


@pytest.mark.parametrize("job", STATES, ids=lambda job: f"{job.state}-{job.failure}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_group_sees_no_price(job: Job, language: Language) -> None:
    """Prices are not shown in a group."""
    text = card(as_in_group(replace(job, language=language)), NOW).text
    assert "24" not in text.replace("24 s", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_caption(language: Language) -> None:
    """A caption has at most 1024 characters, also with everything on it."""
    screen = caption(replace(JOB, language=language, artefacts=PictureArtefacts(late_parts=9)), 10**9)
    check(screen)
    assert len(screen.text) <= 1024


def test_number_stands_before_the_price() -> None:
    """What the picture is comes first, then what it cost."""
    text = caption(JOB, 76).text
    assert text.index("16:9") < text.index("picture 2 of 4") < text.index("24")


def test_elapsed_time() -> None:
    """The clock on the card counts minutes and seconds."""
    working = show_card(replace(JOB, state=JobState.WORKING), 7)
    assert "Drawing · 0:40 · usually 15–40 s" in card(working, NOW + timedelta(seconds=40)).text
    assert "Drawing · 1:15 · longer than the usual 15–40 s" in card(working, NOW + timedelta(seconds=75)).text


@pytest.mark.parametrize("is_private", [True, False])
@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.WORKING, JobState.MADE])
def test_first_text_promises_nothing(state: JobState, *, is_private: bool) -> None:
    """What a card says before it is known by its id stays true: that message may never be edited."""
    text = card(
        replace(JOB, state=state, address=replace(chat_of(JOB), is_private=is_private)), NOW + timedelta(seconds=3)
    ).text
    assert "Got it. Usually 15–40 s, here or in a new message" in text


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.WORKING, JobState.MADE])
def test_group_card_is_written_once(state: JobState) -> None:
    """Among several people the card says from the beginning what it will say for as long as the picture takes."""
    job = show_card(as_in_group(JOB), 7)
    first, later = card(job, NOW), card(replace(job, state=state), NOW + timedelta(seconds=75))
    assert "Drawing… usually 15–40 s" in first.text
    assert first.text == later.text


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.WORKING])
def test_cancel_for_as_long_as_it_saves(state: JobState) -> None:
    """The button is there until the picture is made."""
    assert [row[0].data.split(";")[1] for row in card(replace(JOB, state=state), NOW).buttons] == ["cancel"]
    assert card(replace(JOB, state=JobState.MADE), NOW).buttons == ()


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (replace(JOB, fence=1), "Canceled. 24 credits are back."),
        (replace(JOB, fence=2, attempts=(Attempt(1, NOW, "canceled", NOW),)), "Google charges us for it, not you"),
        (JOB, "your /cancel came first. Nothing was charged."),
    ],
    ids=["waited", "drawn", "never begun"],
)
def test_canceled_says_what_it_saved(job: Job, said: str) -> None:
    """A picture that waited, one that the model worked on, and one that never began end in different words."""
    assert said in card(replace(job, state=JobState.CANCELED), NOW).text


def test_busy() -> None:
    """A queue because of a provider that cannot says which it is and how long it is tried; the end says the same."""
    busy = replace(JOB, busy_since=NOW)
    assert "Google is busy. I keep trying, up to 15 minutes from your request" in card(busy, NOW).text
    fault = replace(busy, is_faulty=True)
    assert "Google's service has a fault. I keep trying, up to 15 minutes" in card(fault, NOW).text
    ended = replace(fault, state=JobState.FAILED, failure=FailureReason.PROVIDER)
    assert "still had a fault 15 minutes after your request" in card(ended, NOW).text


LONGEST = replace(JOB, id="i" * 16, intent="I" * 16, index=4, state=JobState.DELIVERED, expire_at=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", ["0", "999999", "hAsH-8_x.999999"])
@pytest.mark.parametrize("job", [LONGEST, replace(LONGEST, count=1), replace(LONGEST, state=JobState.FAILED)])
def test_every_keyboard(job: Job, count: str, language: Language) -> None:
    """Whatever a keyboard offers, Telegram takes it, and it has at most four rows; that of the tools has nine."""
    job = replace(job, language=language)
    other = replace(request_of(job), model="fast", ratio="9:16", price=10)
    for rows in (
        home_buttons(job, count),
        picture_buttons(job, count),
        format_buttons(job, count, "f" * 9),
        choice_buttons(job, other, count, "f" * 9),
        delete_buttons(job, count),
    ):
        check(Screen("x", rows))
        assert len(rows) <= 4
    tools = tool_buttons(job, PictureSettings("best", size="4K"), count, "f" * 9)
    check(Screen("x", tools))
    assert len(tools) <= 9
    for tool in TOOLS:
        check(Screen("x", tool_choice_buttons(job, tool.name, PictureSettings("best", size="4K"), count, "f" * 9)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_of_a_deleted_picture(language: Language) -> None:
    """The line and the caption fit, with and without *Undo*."""
    deleted = replace(LONGEST, language=language, deleted_at=NOW, sweep_at=NOW)
    for job in (deleted, replace(deleted, count=1), replace(deleted, purged_at=NOW, sweep_at=None)):
        check(deleted_card(job))
        check(undeletable_caption(job))
        assert home_buttons(job) == deleted_card(job).buttons


@pytest.mark.parametrize("job", [JOB, as_in_group(JOB)])
def test_words_of_an_example(job: Job) -> None:
    """The words of an example stand on its card and under its picture, to be copied by a press."""
    shown = replace(job, request=replace(request_of(job), show_words=True, prompt="a <fox>"))
    for screen in (card(shown, NOW), caption(shown, 1)):
        assert "<code>a &lt;fox&gt;</code>" in screen.text


@pytest.mark.parametrize("parts", [1, 2, 10])
@pytest.mark.parametrize("language", LANGUAGES)
def test_draft(language: Language, parts: int) -> None:
    """An album's card receives or asks; the question leads to what can be made of the pictures, in words or not."""
    draft = Draft(
        "d", 501, 501, None, 1, is_private=True, language_code="en", update_id=1, close_at=NOW, expire_at=NOW,
        parts={str(n): Reference(f"photo-{n}", 1000) for n in range(parts)},
    )  # fmt: skip
    check(draft_card(draft, language))
    for can_answer in (False, True):
        question = draft_card(replace(draft, state=DraftState.ASKING, can_answer=can_answer), language)
        check(question)
        assert [button.data.split(";")[1] for button in question.buttons[-1]] == ["photoanimate", "phototools"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("user_id", [1, 2**52, -(2**63)])
def test_panels(language: Language, user_id: int) -> None:
    """The panels fit whoever they belong to and whatever is chosen."""
    settings = PictureSettings(MODEL_NAMES[-1], RATIOS[-1], SIZES[-1], 4, original=True)
    user = User(user_id, NOW, settings=settings, language=language)
    check(settings_panel(user, language))
    check(language_panel(user, language))
