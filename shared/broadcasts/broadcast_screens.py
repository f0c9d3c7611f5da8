"""The card with which operators steer a broadcast. Pure."""

from datetime import datetime, timedelta

from shared.broadcasts.audience import ACTIVE_DAYS, BALANCES, LANGUAGES, Audience
from shared.broadcasts.broadcast import AGREED_ABOVE, PER_SECOND, Broadcast, BroadcastState, seconds_left
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, shorten, unmark, write_moment

ACTION = "cast"
LATER_HOURS = (1, 3, 12, 24)
"""After how many hours a broadcast can be sent."""
LATER_STEP = timedelta(minutes=5)
"""It begins at a full step, the first one after so many hours: a time that is easy to read and to tell others."""
MARKS = {
    BroadcastState.DRAFT: "📝",
    BroadcastState.COUNTING: "🔢",
    BroadcastState.COUNTED: "🔢",
    BroadcastState.ASKING: "🙋",
    BroadcastState.WAITING: "🕒",
    BroadcastState.SENDING: "📣",
    BroadcastState.PAUSED: "⏸",
    BroadcastState.DONE: "✅",
    BroadcastState.STOPPED: "⏹",
}
UNKNOWN = "▫️"
"""A state of a newer release."""
Rows = tuple[tuple[Button, ...], ...]


def draw_card(broadcast: Broadcast, language: Language, now: datetime) -> Screen:
    """What it is, for whom, how far, and what can be pressed now."""
    state = broadcast.state
    lines = [html_text(language, "broadcast-title", title=title_of(broadcast, language), id=broadcast.id)]
    lines += [_audience_line(broadcast.audience, language), "", _state_text(broadcast, language)]
    if state in {BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.DONE, BroadcastState.STOPPED}:
        lines.append(_progress_text(broadcast, language))
    if broadcast.trouble:
        lines.append(html_text(language, broadcast.trouble))
    return Screen("\n".join(lines), _draw_rows(broadcast, language, now))


def draw_list(broadcasts: list[Broadcast], language: Language) -> Screen:
    """How to write one, and the last ones, each with a button that shows its card."""
    text = html_text(language, "broadcast-usage")
    rows = tuple(
        (
            Button(
                f"{MARKS.get(each.state, UNKNOWN)} {title_of(each, language)}", write_callback(ACTION, "open", each.id)
            ),
        )
        for each in broadcasts
    )
    return Screen(text, rows)


def title_of(broadcast: Broadcast, language: Language) -> str:
    """The beginning of its text."""
    return shorten(unmark(broadcast.content.text)) or plain_text(language, "broadcast-picture")


def _audience_line(audience: Audience, language: Language) -> str:
    parts = [plain_text(language, f"broadcast-language-{audience.language or 'all'}")]
    if audience.active_days:
        parts.append(plain_text(language, "broadcast-active", days=audience.active_days))
    if audience.balance:
        parts.append(plain_text(language, f"broadcast-balance-{audience.balance}"))
    return html_text(language, "broadcast-audience", parts=", ".join(parts))


def _state_text(broadcast: Broadcast, language: Language) -> str:
    state, people = broadcast.state, broadcast.people
    if state is BroadcastState.DRAFT:
        return html_text(language, "broadcast-draft-tested" if broadcast.is_tested else "broadcast-draft")
    if state is BroadcastState.COUNTED and not people:
        return html_text(language, "broadcast-nobody")
    if state is BroadcastState.COUNTED:
        about = html_text(language, "broadcast-counted", people=people, rate=PER_SECOND)
        more = html_text(language, "broadcast-needs-two", limit=AGREED_ABOVE) if people > AGREED_ABOVE else ""
        return "\n".join(filter(None, (about, lasts_text(broadcast, language), more)))
    if state is BroadcastState.WAITING and broadcast.send_at is not None:
        return html_text(language, "broadcast-scheduled", at=write_moment(language, broadcast.send_at), people=people)
    return html_text(language, f"broadcast-{state}", people=people, read=broadcast.progress.read)


def lasts_text(broadcast: Broadcast, language: Language) -> str:
    """How long sending takes, in minutes, or in hours and minutes."""
    minutes = -(-seconds_left(broadcast) // 60)
    return html_text(language, "broadcast-lasts", hours=minutes // 60, minutes=minutes % 60)


def _progress_text(broadcast: Broadcast, language: Language) -> str:
    done = broadcast.progress
    counts = {"sent": done.sent, "blocked": done.blocked, "refused": done.refused, "unclear": done.unclear}
    text = html_text(language, "broadcast-progress", people=broadcast.people, **counts)
    if broadcast.state is BroadcastState.SENDING:
        return f"{text}\n{lasts_text(broadcast, language)}"
    return text


def _draw_rows(broadcast: Broadcast, language: Language, now: datetime) -> Rows:
    def press(verb: str, *values: object, text: str = "", **variables: str | int) -> Button:
        label = plain_text(language, f"broadcast-button-{text or verb}", **variables)
        return Button(label, write_callback(ACTION, verb, broadcast.id, *values))

    match broadcast.state:
        case BroadcastState.DRAFT:
            audience = _audience_rows(broadcast, language)
            tested = ((press("count"),),) if broadcast.is_tested else ()
            return (*audience, (press("test"),), *tested, (press("stop", text="discard"),))
        case BroadcastState.COUNTED if broadcast.people:
            send = (press("send", broadcast.people, text="send", people=broadcast.people),)
            return (send, *_later_rows(broadcast, language, now), (press("edit"), press("stop", text="discard")))
        case BroadcastState.COUNTED:
            return ((press("edit"), press("stop", text="discard")),)
        case BroadcastState.COUNTING:
            return ((press("show"), press("stop", text="discard")),)
        case BroadcastState.ASKING:
            return ((press("test", text="look"),), (press("agree", people=broadcast.people),), (press("disagree"),))
        case BroadcastState.WAITING | BroadcastState.SENDING:
            return ((press("show"), press("pause")),)
        case BroadcastState.PAUSED:
            return ((press("resume"),), (press("stop"),))
        case _:
            return ()


def _audience_rows(broadcast: Broadcast, language: Language) -> Rows:
    """Each button carries one absolute value."""
    audience = broadcast.audience

    def choice(name: str, value: str | int, label: str, *, chosen: bool) -> Button:
        shown = plain_text(language, "chosen", label=label) if chosen else label
        return Button(shown, write_callback(ACTION, name, broadcast.id, value))

    def label(name: str, **variables: int) -> str:
        return plain_text(language, f"broadcast-choose-{name}", **variables)

    chosen, days, money = audience.language, audience.active_days, audience.balance
    languages = tuple(choice("lang", each, label(each or "all"), chosen=each == chosen) for each in LANGUAGES)
    periods = tuple(choice("days", each, label("days", days=each), chosen=each == days) for each in ACTIVE_DAYS)
    balances = tuple(choice("money", each, label(each or "any"), chosen=each == money) for each in BALANCES)
    return (languages[:1], languages[1:], periods[:2], periods[2:], balances[:1], balances[1:])


def _later_rows(broadcast: Broadcast, language: Language, now: datetime) -> Rows:
    """Absolute times, in UTC, two in a row."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    begun = hour - (hour - now) // LATER_STEP * LATER_STEP

    def later(hours: int) -> Button:
        at = begun + timedelta(hours=hours)
        label = plain_text(language, "broadcast-button-later", time=f"{at:%H:%M}", hours=hours)
        data = write_callback(ACTION, "send", broadcast.id, broadcast.people, int(at.timestamp()) // 60)
        return Button(label, data)

    first, second, third, fourth = map(later, LATER_HOURS)
    return ((first, second), (third, fourth))
