"""What runs where, and what holds releases back. Pure."""

from datetime import datetime

from shared.hash_ids import hash_id
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.buttons import write_page
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import list_blocks, name_reason, name_roles, write_release_name
from shared.releases.actor import Member, Permission
from shared.releases.environment import Environment
from shared.texts import html_text, plain_text

SERVICES_MAX = 8
HOURS = (4, 24, 72)
"""How long a freeze may be asked for."""


def make_runs_page(language: Language, member: Member, environment: Environment, now: datetime) -> Screen:
    """By service: what production serves, and what staging shows."""
    services = sorted({*environment.live, *environment.candidate})[:SERVICES_MAX]
    lines = [html_text(language, "release-runs-title"), ""]
    for service in services:
        live, candidate = environment.live.get(service, ""), environment.candidate.get(service, "")
        names = {"live": _tag(live), "candidate": _tag(candidate)}
        lines.append(html_text(language, "release-runs-service", service=service, **names))
    if not services:
        lines.append(html_text(language, "release-bot-live-none"))
    if environment.moving:
        lines.append(html_text(language, "release-bot-moving", releases=write_release_name(environment.moving)))
    blocks = list_blocks(language, environment, now)
    lines += ["", *(blocks or [html_text(language, "release-runs-free")])]
    seats = ", ".join(f"{name_roles(language, [role])} × {count}" for role, count in environment.quorum.items())
    lines += ["", html_text(language, "release-runs-quorum", seats=seats)]
    opened = [
        (Button(plain_text(language, "release-button-open-live", service=service), write_page(f"live;{place}")),)
        for place, service in enumerate(services)
        if service in environment.live
    ]
    return Screen(
        "\n".join(lines), (*opened, *_make_steering(language, member, environment, now), make_menu_row(language))
    )


def list_services(environment: Environment) -> list[str]:
    """The services in the order of the page's buttons."""
    return sorted({*environment.live, *environment.candidate})[:SERVICES_MAX]


def make_freeze_page(language: Language) -> Screen:
    """For how long no deployment may begin."""
    hours = tuple(
        Button(plain_text(language, "release-button-hours", hours=str(each)), write_page(f"freeze;{each}"))
        for each in HOURS
    )
    return Screen(html_text(language, "release-freeze-how-long"), (hours, make_menu_row(language)))


def make_lift_page(language: Language, environment: Environment) -> Screen:
    """Whether the hold that is shown is to be lifted."""
    text = html_text(language, "release-lift-what", reason=name_reason(language, environment.hold))
    yes = Button(plain_text(language, "release-button-lift-yes"), write_page(f"lift;{mark_hold(environment)}"))
    return Screen(text, ((yes,), make_menu_row(language)))


def mark_hold(environment: Environment) -> str:
    """Tells holds apart: a button lifts the one that was on its screen."""
    return hash_id("hold", environment.hold)


def _tag(id_: str) -> str:
    return write_release_name(id_).partition(" ")[2] or "—"


def _make_steering(
    language: Language, member: Member, environment: Environment, now: datetime
) -> list[tuple[Button, ...]]:
    row = []
    if member.actor.may(Permission.HOLD):
        hold = ("release-button-lift", "lift") if environment.hold else ("release-button-hold", "hold")
        row.append(Button(plain_text(language, hold[0]), write_page(hold[1])))
    if member.actor.may(Permission.FREEZE):
        is_frozen = environment.is_frozen(now)
        freeze = ("release-button-thaw", "thaw") if is_frozen else ("release-button-freeze", "freeze")
        row.append(Button(plain_text(language, freeze[0]), write_page(freeze[1])))
    return [tuple(row)] if row else []
