"""Giving credits, and the requests that wait for a second operator.

POST /admin/people/{person}/credits       how many, and why; the person reads why in /balance
GET  /admin/requests                      those that wait: one query
POST /admin/requests/{request}/agree      POST /admin/requests/{request}/decline
"""

import re

from shared.admin.calls import AdminCall
from shared.admin.change_credits import Outcome, agree, decline, order_change
from shared.admin.change_request import OPEN_FOR, ChangeRequest, is_waiting, waiting_requests
from shared.admin.decode_act import decode_act
from shared.admin.page import ADMINS, Frame, read_person, refuse_form, show_nothing, show_page
from shared.admin.person_page import person_path, show_person
from shared.credits.ledger import Change, TransferKind
from shared.hash_ids import hash_id, is_id
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.ports import AppPorts
from shared.texts import plain_text

NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


async def give_credits(ports: AppPorts, call: AdminCall) -> Reply:
    """Give credits to a person, once for each form. Raises UnavailableError."""
    user_id, typed, nonce = read_person(call.parameters["person"]), call.value("credits"), call.value("nonce")
    if not user_id or NONCE.fullmatch(nonce) is None:
        return show_nothing(call, "overview")
    if re.fullmatch(r"[1-9][0-9]{0,5}", typed) is None:
        return await show_person(ports, refuse_form(call, Outcome.NUMBER, "give"))
    reference = f"form-{hash_id('give', call.by.user_id, user_id, nonce)}"
    change = Change(TransferKind.GIFT, user_id, int(typed), reference, call.value("reason"))
    outcome = await order_change(ports, call.by, change, "give")
    if outcome in {Outcome.REASON, Outcome.TOO_MUCH}:
        return await show_person(ports, refuse_form(call, outcome, "give"))
    return go_to(f"{person_path(user_id)}?said={outcome}")


async def show_requests(ports: AppPorts, call: AdminCall) -> Reply:
    """What waits for a second operator, the oldest first. Raises UnavailableError."""
    now = ports.clock.now()
    found = [decode_act(ChangeRequest, record) for record in await ports.store.find(waiting_requests())]
    waiting = sorted((each for each in found if is_waiting(each, now)), key=lambda each: (each.at, each.id))
    frame = Frame("requests", plain_text(call.by.language, "admin-tab-requests"), "/admin")
    may_decide, days = call.by.role in ADMINS, OPEN_FOR.days
    return show_page(call, "requests.html", frame, requests=waiting, may_decide=may_decide, days=days)


async def agree_to_request(ports: AppPorts, call: AdminCall) -> Reply:
    """Agree to a request. Raises UnavailableError."""
    if not is_id(call.parameters["request"]):
        return show_nothing(call, "requests")
    return go_to(f"/admin/requests?said={await agree(ports, call.by, call.parameters['request'])}")


async def decline_request(ports: AppPorts, call: AdminCall) -> Reply:
    """Decline a request. Raises UnavailableError."""
    if not is_id(call.parameters["request"]):
        return show_nothing(call, "requests")
    return go_to(f"/admin/requests?said={await decline(ports, call.by, call.parameters['request'])}")
