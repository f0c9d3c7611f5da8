"""The pages of the Mini App: every address beyond its shell, and the handler behind it.

Whoever is answered from here has signed in. A handler looks objects up by `Call.user_id`, or checks their owner;
`tests/functions/test_api_owners.py` asks each of these addresses for what belongs to somebody else.
"""

from shared.miniapp import (
    balance_page,
    buy_page,
    card_page,
    create_page,
    gallery_page,
    made_page,
    privacy_page,
    sending_page,
    settings_page,
    shelf_page,
    small_pictures,
    styles_shown,
    subscription_page,
    talks_page,
    uploads,
)
from shared.miniapp.pace import INVOICE_CALLS, UPLOAD_CALLS
from shared.miniapp.routes import Route

FILES_AT_ONCE_MAX = 4
"""An upload of 21 MB takes three times as much while it is read, a picture of 4K up to 20 MB, and a process has 1 GiB,
half of it to decode one picture."""

ROUTES: tuple[Route, ...] = (
    Route("GET", "/create", create_page.show_create),
    Route("POST", "/create", create_page.create, counts_as=INVOICE_CALLS),
    Route("POST", "/create/options", create_page.show_create_options),
    Route(
        "POST",
        "/uploads",
        uploads.take_upload,
        takes_files=True,
        at_once_max=FILES_AT_ONCE_MAX,
        counts_as=UPLOAD_CALLS,
    ),
    Route("GET", "/uploads/{upload}", uploads.show_upload),
    Route("GET", "/styles/{style}", styles_shown.show_style_example, at_once_max=FILES_AT_ONCE_MAX),
    Route("GET", "/made/{job}", made_page.show_made),
    Route("GET", "/made/{job}/state", made_page.show_made_state),
    Route("GET", "/gallery", gallery_page.show_gallery),
    Route("GET", "/gallery/{job}", gallery_page.show_result),
    Route("GET", "/gallery/{job}/small", small_pictures.show_small, at_once_max=FILES_AT_ONCE_MAX),
    Route("POST", "/gallery/{job}/star", gallery_page.star_result),
    Route("POST", "/gallery/{job}/share", gallery_page.share_result),
    Route("GET", "/gallery/{job}/delete", gallery_page.ask_delete),
    Route("POST", "/gallery/{job}/delete", gallery_page.delete_result),
    Route("POST", "/gallery/{job}/shelf", shelf_page.put_on_shelf),
    Route("POST", "/gallery/{job}/shelves", shelf_page.make_shelf),
    Route("GET", "/shelves/{shelf}/delete", shelf_page.ask_remove),
    Route("POST", "/shelves/{shelf}/delete", shelf_page.remove),
    Route("POST", "/gallery/{job}/send", sending_page.send_result, counts_as=INVOICE_CALLS),
    Route("GET", "/sendings/{sending}", sending_page.show_sending),
    Route("GET", "/sendings/{sending}/state", sending_page.show_sending_state),
    Route("GET", "/talks", talks_page.show_talks),
    Route("GET", "/talks/{talk}", talks_page.show_talk),
    Route("GET", "/balance", balance_page.show_balance),
    Route("GET", "/balance/{number}", balance_page.show_receipt),
    Route("POST", "/balance/csv", balance_page.send_csv, counts_as=INVOICE_CALLS),
    Route("POST", "/promo", balance_page.show_promo),
    Route("GET", "/buy", buy_page.show_buy),
    Route("POST", "/buy", buy_page.buy, counts_as=INVOICE_CALLS),
    Route("GET", "/buy/card", card_page.show_card),
    Route("POST", "/buy/card", card_page.order, counts_as=INVOICE_CALLS),
    Route("GET", "/buy/card/{request}", card_page.show_request),
    Route("GET", "/buy/card/{request}/state", card_page.show_request_state),
    Route("GET", "/buy/{order}", buy_page.show_order),
    Route("GET", "/buy/{order}/state", buy_page.show_order_state),
    Route("GET", "/subscription", subscription_page.show_subscription),
    Route("POST", "/subscription", subscription_page.change_subscription, counts_as=INVOICE_CALLS),
    Route("GET", "/subscription/state", subscription_page.show_subscription_state),
    Route("GET", "/settings", settings_page.show_settings),
    Route("POST", "/settings", settings_page.change_settings),
    Route("POST", "/settings/role", settings_page.change_role),
    Route("GET", "/privacy", privacy_page.show_privacy),
    Route("POST", "/privacy/facts", privacy_page.erase_facts),
    Route("POST", "/privacy/sign-out", privacy_page.sign_out),
)
