"""The table of the REST API: every address below /api/v1, who may call it, and the handler behind it.

Whoever is answered from here has a key. A handler looks objects up by `RestCall.user_id`, or checks their owner;
`tests/unit/rest/test_rest_owners.py` asks each of these addresses with every kind of key.
"""

from shared.miniapp.pace import INVOICE_CALLS
from shared.rest import account, conversations, jobs, orders
from shared.rest.calls import RestRoute

ROUTES: tuple[RestRoute, ...] = (
    RestRoute("GET", "/balance", "read", account.show_balance),
    RestRoute("GET", "/users/{user_id}/stats", "read", account.show_stats),
    RestRoute("POST", "/pictures/quote", "read", orders.quote_pictures),
    RestRoute("POST", "/pictures", "make", orders.order_pictures, counts_as=INVOICE_CALLS, is_order=True),
    RestRoute("POST", "/videos/quote", "read", orders.quote_video),
    RestRoute("POST", "/videos", "make", orders.order_video, counts_as=INVOICE_CALLS, is_order=True),
    RestRoute("GET", "/jobs/{job_id}", "read", jobs.show_job),
    RestRoute("GET", "/jobs/{job_id}/file", "read", jobs.link_file),
    RestRoute("GET", "/results", "read", jobs.list_results),
    RestRoute("GET", "/conversations", "conversations", conversations.list_conversations),
    RestRoute("GET", "/conversations/{conv_id}", "conversations", conversations.show_conversation),
)
