"""The table of the REST API: every address below /api/v1, who may call it, and the handler behind it.

Whoever is answered from here has a key. A handler looks objects up by `RestCall.user_id`, or checks their owner;
`tests/unit/rest/test_rest_owners.py` asks each of these addresses with every kind of key.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.admin.broadcast_call import order_broadcast
from shared.miniapp.pace import INVOICE_CALLS
from shared.miniapp.routes import write_expression
from shared.people.api_keys import Scope
from shared.ports import AppPorts
from shared.rest import account, conversations, deliveries, jobs, orders, webhook
from shared.rest.calls import Problem, RestAnswer
from shared.rest.program import RestCall

Method = Literal["GET", "POST", "PUT", "DELETE"]
WEBHOOK_CALLS = 40
"""What makes us call a stranger's server: a person may have one event sent every five seconds, six at once."""
Handler = Callable[[AppPorts, RestCall], Awaitable[RestAnswer | Problem]]


@dataclass(frozen=True, slots=True)
class RestRoute:
    """An address below /api/v1, such as "/jobs/{job_id}"."""

    method: Method
    pattern: str
    scope: Scope
    handle: Handler
    counts_as: int = 1
    """How many calls of a person's pace it is."""
    is_order: bool = False
    """It makes something that must not be made twice, so it needs an idempotency key."""
    has_body: bool = False
    """An order has one anyway."""
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", write_expression(self.pattern))


def find_routes(path: str, routes: Sequence[RestRoute]) -> dict[str, tuple[RestRoute, Mapping[str, str]]]:
    """The routes of an address by their methods, each with the variable parts of the address."""
    found = ((each, each.expression.fullmatch(path)) for each in routes)
    return {route.method: (route, match.groupdict()) for route, match in found if match is not None}


ROUTES: tuple[RestRoute, ...] = (
    RestRoute("GET", "/balance", "read", account.show_balance),
    RestRoute("GET", "/users/{user_id}/stats", "read", account.show_stats),
    RestRoute("POST", "/pictures/quote", "read", orders.quote_pictures, has_body=True),
    RestRoute(
        "POST", "/pictures", "make", orders.order_pictures, counts_as=INVOICE_CALLS, is_order=True, has_body=True
    ),
    RestRoute("POST", "/videos/quote", "read", orders.quote_video, has_body=True),
    RestRoute("POST", "/videos", "make", orders.order_video, counts_as=INVOICE_CALLS, is_order=True),
    RestRoute("GET", "/jobs/{job_id}", "read", jobs.show_job),
    RestRoute("GET", "/jobs/{job_id}/file", "read", jobs.link_file),
    RestRoute("GET", "/results", "read", jobs.list_results),
    RestRoute("GET", "/webhook", "make", webhook.show_webhook),
    RestRoute("PUT", "/webhook", "make", webhook.set_webhook, counts_as=WEBHOOK_CALLS, has_body=True),
    RestRoute("DELETE", "/webhook", "make", webhook.remove),
    RestRoute("POST", "/webhook/secret", "make", webhook.renew_webhook_secret, counts_as=WEBHOOK_CALLS),
    RestRoute("POST", "/webhook/test", "make", webhook.send_test, counts_as=WEBHOOK_CALLS),
    RestRoute("GET", "/webhook/deliveries", "make", deliveries.list_deliveries),
    RestRoute(
        "POST",
        "/webhook/deliveries/{delivery_id}/retry",
        "make",
        deliveries.retry_delivery,
        counts_as=WEBHOOK_CALLS,
    ),
    RestRoute("GET", "/conversations", "conversations", conversations.list_conversations),
    RestRoute("GET", "/conversations/{conv_id}", "conversations", conversations.show_conversation),
    RestRoute("POST", "/admin/broadcast", "make", order_broadcast, counts_as=INVOICE_CALLS, is_order=True),
)
