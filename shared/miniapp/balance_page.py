"""The balance in the app: credits, and what moved them, in pages.

GET /balance?section=…&until=…        a page, as the buttons of /balance write section and place
"""

from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Frame, greet, show_page
from shared.ports import AppPorts
from shared.texts import plain_text


async def show_balance(ports: AppPorts, call: Call) -> Reply:
    """A page. Raises UnavailableError."""
    visitor = await greet(ports, call)
    frame = Frame("balance", plain_text(visitor.language, "app-tab-balance"), has_balance=False)
    return show_page(
        visitor, "balance.html", frame, account=visitor.user.account, entries=[], choices=[], newest="", older=""
    )
