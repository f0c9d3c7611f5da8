"""What both ways to pay in the app have in common."""

from shared.credits.catalogue import PACKAGES
from shared.hash_ids import is_id
from shared.miniapp.calls import Call
from shared.miniapp.page import Visitor
from shared.payments.packages import smallest_for
from shared.payments.shop import rests
from shared.ports import AppPorts
from shared.texts import plain_text

CREDITS_DIGITS_MAX = 7
FOR, THEN = "for", "then"


async def why_nothing_is_sold(ports: AppPorts, visitor: Visitor) -> str:
    """The words while the books are wrong, else "". Raises UnavailableError."""
    return plain_text(visitor.language, "buy-books") if ports.sells and await rests(ports) else ""


def find_missing(call: Call) -> int:
    """How many credits the address says are missing; 0 if it says nothing."""
    wanted = call.query.get(FOR, "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= CREDITS_DIGITS_MAX else 0


def find_suggested(call: Call) -> str:
    """The smallest package with as many credits as are missing; empty if none are."""
    missing = find_missing(call)
    return smallest_for(missing, PACKAGES) if missing else ""


def then_of(call: Call) -> str:
    """The job that begins once it is paid, in a form or in an address; empty if there is none."""
    then = call.value(THEN) or call.query.get(THEN, "")
    return then if is_id(then) else ""


def write_query(call: Call, **more: str) -> str:
    """The end of an address that keeps what is missing and what begins then."""
    kept = {**more, FOR: str(find_missing(call) or ""), THEN: then_of(call)}
    given = "&".join(f"{name}={value}" for name, value in kept.items() if value)
    return f"?{given}" if given else ""
