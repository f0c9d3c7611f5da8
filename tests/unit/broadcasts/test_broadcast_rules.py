"""The pure rules of broadcasts: what is possible in which state, who belongs to an audience, what a card says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.broadcasts.audience import Audience, Recipient, belongs
from shared.broadcasts.broadcast import (
    AGREED_ABOVE,
    MOVING,
    PER_SECOND,
    Broadcast,
    BroadcastState,
    Outcome,
    Progress,
    agree,
    begin_count,
    choose_audience,
    confirm,
    count_outcome,
    disagree,
    is_failing,
    new_broadcast,
    note_tested,
    pause,
    resume,
    seconds_left,
    stop,
)
from shared.broadcasts.broadcast_screens import draw_card
from shared.broadcasts.content import Content, Link, read_content
from shared.credits.ledger import Account
from shared.people.news import News
from shared.people.nobody import FIRST_NOBODY, nobody_of
from shared.people.users import LANGUAGES, Language

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DRAFT = replace(new_broadcast("broadcast-0000-1", Content("News!"), "501", NOW), is_tested=True, people=5)
State = BroadcastState
ACTS: dict[str, tuple[Callable[[Broadcast], Broadcast | None], set[State]]] = {
    "audience": (lambda each: choose_audience(each, Audience("ru"), "1", NOW), {State.DRAFT, State.COUNTED}),
    "same audience": (lambda each: choose_audience(each, Audience(), "1", NOW), {State.COUNTED}),
    "tested": (lambda each: note_tested(replace(each, is_tested=False), "1", NOW), {State.DRAFT}),
    "tested again": (lambda each: note_tested(each, "1", NOW), set()),
    "count": (lambda each: begin_count(each, "1", NOW), {State.DRAFT}),
    "count untested": (lambda each: begin_count(replace(each, is_tested=False), "1", NOW), set()),
    "confirm": (lambda each: confirm(each, 5, None, "1", NOW), {State.COUNTED}),
    "confirm another number": (lambda each: confirm(each, 6, None, "1", NOW), set()),
    "agree": (lambda each: agree(each, "2", NOW), {State.ASKING}),
    "agree with oneself": (lambda each: agree(replace(each, confirmed_by="2"), "2", NOW), set()),
    "disagree": (lambda each: disagree(each, "2", NOW), {State.ASKING}),
    "pause": (lambda each: pause(each, "1", NOW), {State.WAITING, State.SENDING}),
    "resume": (lambda each: resume(each, "1", NOW), {State.PAUSED}),
    "stop": (lambda each: stop(each, "1", NOW), {*State} - {State.DONE, State.STOPPED}),
}


@pytest.mark.parametrize("name", ACTS)
def test_when_an_act_is_possible(name: str) -> None:
    """Each act is possible in its states only, is kept with who did it, and every state has somebody to end it."""
    act, possible = ACTS[name]
    for state in State:
        done = act(replace(DRAFT, state=state))
        assert (done is not None) == (state in possible), (name, state)
        if done is not None:
            assert len(done.acts) == len(DRAFT.acts) + 1
            assert (done.sweep_at is None) == (done.state in {State.DONE, State.STOPPED})
            if done.state in MOVING:
                assert done.sweep_at is not None
                assert done.sweep_at <= NOW + timedelta(minutes=1)


def test_many_people_need_two() -> None:
    """Up to the limit one operator confirms; above it a second one has to agree."""
    for people, state in ((AGREED_ABOVE, State.WAITING), (AGREED_ABOVE + 1, State.ASKING)):
        done = confirm(replace(DRAFT, state=State.COUNTED, people=people), people, None, "1", NOW)
        assert done is not None
        assert done.state is state


@pytest.mark.parametrize(
    ("person", "audience", "is_in"),
    [
        (Recipient(1), Audience(), True),
        (Recipient(1, news=News(is_off=True)), Audience(), False),
        (Recipient(1, news=News(blocked_at=NOW - timedelta(minutes=9))), Audience(), False),
        (Recipient(1, news=News(blocked_at=NOW)), Audience(), True),
        (Recipient(1, "ru"), Audience("ru"), True),
        (Recipient(1, "ru", news=News(language="en")), Audience("en"), False),
        (Recipient(1, news=News(language="en")), Audience("en"), True),
        (Recipient(1), Audience("en"), False),
        (Recipient(1, news=News(seen_on="2026-11-23")), Audience(active_days=7), True),
        (Recipient(1, news=News(seen_on="2026-11-22")), Audience(active_days=7), False),
        (Recipient(1, daily_day="2026-11-29"), Audience(active_days=7), True),
        (Recipient(1), Audience(active_days=90), False),
        (Recipient(1, account=Account(3)), Audience(balance="low"), True),
        (Recipient(1, account=Account(4)), Audience(balance="low"), False),
        (Recipient(1, account=Account(4)), Audience(balance="enough"), True),
        (Recipient(1, account=Account(3)), Audience(balance="enough"), False),
        (Recipient(nobody_of("a secret")), Audience(), False),
        (Recipient(1, erased_as=FIRST_NOBODY), Audience(), False),
        (Recipient(FIRST_NOBODY, account=Account(3)), Audience(), False),
    ],
)
def test_who_belongs(person: Recipient, audience: Audience, is_in: bool) -> None:  # noqa: FBT001 — a row of a table
    """Who wants no news, is erased or cannot be written to gets nothing; of the others all choices have to be so."""
    assert belongs(person, audience, 4, NOW - timedelta(minutes=1), NOW) is is_in


def test_content() -> None:
    """Only whole lines at the end are buttons, and only with https."""
    words = "a [b](https://c.example)\n[d](http://e.example)\n\n[f](https://g.example/?x=1)\n[h](https://i.example)\n"
    links = (Link("f", "https://g.example/?x=1"), Link("h", "https://i.example"))
    assert read_content(words, "") == Content("a [b](https://c.example)\n[d](http://e.example)", "", links)


def test_progress() -> None:
    """Each person is counted once, and those who were left out are no recipients."""
    progress = Progress()
    for user_id, outcome in enumerate(Outcome, 1):
        progress = count_outcome(progress, user_id, outcome)
    assert progress == Progress(5, 5, 1, 1, 1, 1)
    assert progress.people == 4
    assert not is_failing(Progress(refused=19))
    assert is_failing(Progress(refused=20))
    assert not is_failing(Progress(refused=20, sent=20))
    assert seconds_left(replace(DRAFT, people=PER_SECOND * 3 + 5, progress=progress)) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_cards(state: State, language: Language) -> None:
    """Each state has its card in both languages, with buttons unless it is an end."""
    progress = Progress(9, 9, 1, 2, 3, 3)
    drawn = replace(DRAFT, state=state, people=25_000, progress=progress, trouble="broadcast-trouble-refused")
    card = draw_card(drawn, language, NOW)
    assert "News!" in card.text
    assert bool(card.buttons) == (state not in {State.DONE, State.STOPPED})
    assert all(len(button.data.encode()) <= 64 for row in card.buttons for button in row)
    assert all(0 < len(button.label) <= 40 for row in card.buttons for button in row)


def test_how_long_it_takes() -> None:
    """The card names hours and minutes, and that many people need two operators."""
    card = draw_card(replace(DRAFT, state=State.COUNTED, people=1_000_000), "en", NOW)
    assert "<b>1,000,000</b> people would get it, 20 a second. The times below are UTC." in card.text
    assert "It takes about 13 h 54 min." in card.text
    assert "a second operator has to agree" in card.text
    later = draw_card(replace(DRAFT, state=State.WAITING, send_at=NOW), "ru", NOW)
    assert "30 ноября 2026 09:00 UTC" in later.text
    untested = draw_card(replace(DRAFT, is_tested=False, content=Content("", "file-1")), "en", NOW)
    assert "a picture" in untested.text
    assert (
        "📣 <b>Half &amp; half</b>"
        in draw_card(replace(DRAFT, content=Content("<b>Half</b> &amp; half")), "en", NOW).text
    )


@pytest.mark.parametrize(("minute", "shown"), [(0, "10:00 (+1 h)"), (2, "10:05 (+1 h)"), (58, "11:00 (+1 h)")])
def test_for_later(minute: int, shown: str) -> None:
    """A button for later names the next five minutes after so many hours, not the next full hour."""
    now = NOW + timedelta(minutes=minute)
    card = draw_card(replace(DRAFT, state=State.COUNTED), "en", now)
    assert f"🕒 {shown}" in [button.label for row in card.buttons for button in row]
