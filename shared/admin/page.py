"""A page of the operators: its frame, and the answers that are no page."""

from dataclasses import dataclass, replace
from pathlib import Path

from shared.admin.calls import AdminCall
from shared.miniapp.calls import Reply, page
from shared.miniapp.templates import render
from shared.people.operators import Role
from shared.people.users import Language
from shared.texts import plain_text

FOLDER = Path(__file__).parent / "templates"
EVERYBODY = frozenset(Role)
HELPING = frozenset({Role.SUPPORT, Role.ADMIN})
PAYING = frozenset({Role.FINANCE, Role.ADMIN})
RETURNING = HELPING | PAYING
ADMINS = frozenset({Role.ADMIN})
SECTIONS = (
    ("overview", "/admin", EVERYBODY),
    ("jobs", "/admin/jobs", EVERYBODY),
    ("errors", "/admin/errors", EVERYBODY),
    ("models", "/admin/models", EVERYBODY),
    ("payments", "/admin/payments", PAYING),
    ("promos", "/admin/promos", PAYING),
    ("broadcasts", "/admin/broadcasts", ADMINS),
    ("requests", "/admin/requests", PAYING),
    ("audit", "/admin/audit", ADMINS),
)
"""The sections of the pages, and who sees the way to each; the routes say who may go it."""
SAID = frozenset(
    {
        *("done", "again", "waits", "declined", "gone", "self", "toomuch", "nobody", "erased", "unspent"),
        *("otherpayer", "notfound", "reason", "number", "recorded"),
        *("switched", "unchanged", "promoterms", "promoname", "promotaken", "promowaits"),
        *("castwritten", "castwords", "castother", "castnot"),
    }
)
"""What a page may be asked to say first, after a form led to it."""

FAULTS = frozenset({403, 404, 413, 429})
"""The statuses with words of their own."""
ACTS = frozenset(
    {
        *("sign_in", "sign_out", "read_talks", "give", "ask_give", "agree_give", "decline_give"),
        *("refund", "ask_refund", "agree_refund", "decline_refund"),
        *("switch_off", "switch_on", "first_model"),
        *("make_promos", "ask_promos", "agree_promos", "stop_promos", "end_promos"),
        *("write_broadcast", "pause_broadcast", "resume_broadcast", "stop_broadcast"),
        *("agree_broadcast", "disagree_broadcast"),
    }
)
"""The acts in the audit that this release has words for."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page's content."""

    section: str
    title: str
    back: str = ""
    """Where the page above it is; empty: there is none."""


def draw(template: str, language: Language, **values: object) -> str:
    """The HTML of a template of this room."""
    return render(template, language, values, FOLDER)


def show_page(call: AdminCall, template: str, frame: Frame, **values: object) -> Reply:
    """The answer with this page."""
    by, said = call.by, call.query.get("said", "")
    around = {
        "frame": frame,
        "by": by,
        "sections": [
            (plain_text(by.language, f"admin-tab-{name}"), path, name == frame.section)
            for name, path, roles in SECTIONS
            if by.role in roles
        ],
        "typed": lambda form, name: call.value(name) if call.query.get("form") == form else "",
        "said": plain_text(by.language, f"admin-said-{said}") if said in SAID else "",
        "tell_role": lambda role: plain_text(by.language, f"admin-role-{role}"),
        "tell_act": lambda act: plain_text(by.language, f"admin-act-{act}") if act in ACTS else act,
    }
    return page(draw(template, by.language, **values, **around))


def refuse_form(call: AdminCall, said: str, form: str) -> AdminCall:
    """The call of the page on which a form stands: it says why the form is refused, and shows what was typed in it."""
    return replace(call, query={"said": said, "form": form})


def show_nothing(call: AdminCall, section: str) -> Reply:
    """The answer where there is nothing of that name."""
    frame = Frame(section, plain_text(call.by.language, "admin-nothing-title"), "/admin")
    return replace(show_page(call, "nothing.html", frame, words="admin-nothing"), status=404)


def show_fault(language: Language, status: int) -> Reply:
    """The answer where something went wrong before a page could be made."""
    named = status if status in FAULTS else "other"
    return page(draw("fault.html", language, words=plain_text(language, f"admin-fault-{named}")), status)


def refuse_role(call: AdminCall) -> Reply:
    """The answer to somebody whose role does not reach there."""
    frame = Frame("", plain_text(call.by.language, "admin-forbidden-title"), "/admin")
    return replace(show_page(call, "nothing.html", frame, words="admin-forbidden"), status=403)


def read_person(text: str) -> int:
    """The number of a person in an address; 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else 0  # noqa: PLR2004 — nobodies have 16
