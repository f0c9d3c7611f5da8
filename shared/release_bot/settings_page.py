"""How a person is told: language, topics, quiet hours. Pure."""

from dataclasses import replace

from shared.people.users import LANGUAGES, Language
from shared.ports import Button, Screen
from shared.release_bot.bot_documents import Preferences
from shared.release_bot.buttons import write_page
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import name_account, name_roles
from shared.release_bot.notice import MUTABLE
from shared.releases.actor import Member, Permission
from shared.texts import html_text, plain_text

QUIET = ((0, 0), (20, 6), (18, 5), (22, 8))
"""Hours of the day in UTC, from and until; the same twice: never quiet."""
HOURS_A_DAY = 24


def make_settings_page(member: Member, preferences: Preferences, code: str) -> Screen:
    """What is set now, with a button for each other value. Every button carries the value, so twice is once.

    `code`: what joins an account of GitHub if it is asked for.
    """
    language = preferences.language
    if member.github_id:
        joined = html_text(language, "release-settings-joined", login=name_account(member))
    else:
        joined = html_text(language, "release-settings-not-joined")
    quiet = _name_quiet(language, preferences.quiet_from, preferences.quiet_until)
    lines = [
        html_text(language, "release-settings-title"),
        "",
        html_text(language, "release-settings-roles", roles=name_roles(language, member.roles)),
        joined,
        html_text(language, "release-settings-quiet", quiet=quiet),
        html_text(language, "release-settings-topics"),
    ]
    languages = tuple(
        Button(
            ("✅ " if each == language else "") + plain_text(language, f"language-{each}"),
            write_page(f"set;language;{each}"),
        )
        for each in LANGUAGES
    )
    topics = [_make_topic(preferences, topic.value) for topic in MUTABLE]
    hours = [
        Button(
            _mark((first, last) == (preferences.quiet_from, preferences.quiet_until))
            + (plain_text(language, "release-quiet-off") if first == last else _name_quiet(language, first, last)),
            write_page(f"set;quiet;{first}-{last}"),
        )
        for first, last in QUIET
    ]
    doors = (*_make_doors(member, language, code), make_menu_row(language))
    rows = (languages, *((each,) for each in topics), tuple(hours[:2]), tuple(hours[2:]), *doors)
    return Screen("\n".join(lines), rows)


def apply_setting(preferences: Preferences, name: str, value: str) -> Preferences:
    """The preferences with one value; one that nobody offered changes nothing."""
    if name == "language" and (found := next((each for each in LANGUAGES if each == value), None)):
        return replace(preferences, language=found)
    topics = {topic.value for topic in MUTABLE}
    if name == "mute" and value in topics:
        return replace(preferences, muted=tuple(sorted({*preferences.muted, value})))
    if name == "tell" and value in topics:
        return replace(preferences, muted=tuple(each for each in preferences.muted if each != value))
    for first, last in QUIET:
        if name == "quiet" and value == f"{first}-{last}":
            return replace(preferences, quiet_from=first, quiet_until=last)
    return preferences


def _make_topic(preferences: Preferences, topic: str) -> Button:
    is_muted = topic in preferences.muted
    text = plain_text(preferences.language, f"release-topic-{topic}")
    return Button(f"{'🔕' if is_muted else '🔔'} {text}", write_page(f"set;{'tell' if is_muted else 'mute'};{topic}"))


def _name_quiet(language: Language, first: int, last: int) -> str:
    if first == last:
        return plain_text(language, "release-quiet-never")
    return plain_text(language, "release-quiet-hours", first=f"{first:02}:00", last=f"{last:02}:00")


def _mark(is_chosen: bool) -> str:  # noqa: FBT001
    return "✅ " if is_chosen else ""


def _make_doors(member: Member, language: Language, code: str) -> list[tuple[Button, ...]]:
    rows: list[tuple[Button, ...]] = []
    if not member.github_id:
        rows.append((Button(plain_text(language, "release-button-join"), write_page(f"join;{code}")),))
    if member.actor.may(Permission.MEMBERS):
        rows.append((Button(plain_text(language, "release-button-members"), write_page("members")),))
    return rows


def make_join_page(language: Language, code: str) -> Screen:
    """How a person proves which account of GitHub is theirs."""
    return Screen(html_text(language, "release-join-how", code=code), (make_menu_row(language),))
