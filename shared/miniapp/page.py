"""A page of the app: who looks at it, and what all pages have around their content."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import UnauthenticatedError
from shared.miniapp.calls import Call, Reply, page
from shared.miniapp.templates import render
from shared.people.accounts import OpenUser, open_user
from shared.people.users import Language, User, language_of
from shared.ports import Ports
from shared.providers.price_day import set_price_day
from shared.texts import plain_text

SAID = frozenset(
    {
        *("saved", "deleted", "paid", "unpaid", "shared", "unshared", "sent", "unsent", "sendfailed", "gone"),
        *("removed", "csv", "again", "export", "kept", "late"),
    }
)
"""What a page may be asked to say first, after a form led to it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person behind a call, as their document says now."""

    call: Call
    opened: OpenUser
    language: Language

    @property
    def user(self) -> User:
        return self.opened.user


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a page."""

    tab: str
    title: str
    back: str = ""
    """Where Telegram's back button leads; empty: it is not shown."""
    refused: str = ""
    """Why what was asked for was not done, in words."""
    has_balance: bool = True
    """The person's credits stand in its corner."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things that a page can show."""

    label: str
    href: str
    is_chosen: bool


async def greet(ports: Ports, call: Call) -> Visitor:
    """Read the person of a call. Raises UnavailableError, and UnauthenticatedError if they have signed out."""
    set_price_day(ports.clock.now())
    opened = await open_user(ports, call.user_id)
    check_signed_in(opened.user, call.signed_in_at)
    return Visitor(call, opened, language_of(opened.user, call.language))


def check_signed_in(user: User, began_at: datetime) -> None:
    """Raise UnauthenticatedError if this person has signed out since then."""
    if user.signed_out_at is not None and began_at <= user.signed_out_at:
        raise UnauthenticatedError("a session from before the person signed out")


def show_page(visitor: Visitor, template: str, frame: Frame, **values: object) -> Reply:
    """The answer with this page."""
    said = visitor.call.query.get("said", "")
    around = {
        "frame": frame,
        "credits": visitor.user.account.available if frame.has_balance else None,
        "said": plain_text(visitor.language, f"app-said-{said}") if said in SAID else "",
    }
    return page(render(template, visitor.language, {**values, **around}))


def show_followed(visitor: Visitor, part: str, frame: Frame, leave: tuple[str, str], **values: object) -> Reply:
    """The answer with a page whose `part` the script keeps asking for until it is settled.

    leave: the address of the link below it, and the id of its text.
    """
    path, text_id = leave
    words = plain_text(visitor.language, text_id)
    return show_page(visitor, "followed.html", frame, part=part, leave_path=path, leave_text=words, **values)


def show_gone(visitor: Visitor, tab: str) -> Reply:
    """The answer where there is nothing (any more), or where it is somebody else's: both look the same."""
    frame = Frame(tab, plain_text(visitor.language, "app-gone-title"), f"/{tab}")
    return replace(show_page(visitor, "gone.html", frame), status=404)


def go_to(path: str) -> Reply:
    """The answer to a form: look there."""
    return Reply(b"", status=303, headers={"Location": path})
