"""POST /privacy/export: everything of the person as ZIP files, once a day. The links come to the private chat.

The form has a random token, so that a form that is posted twice is one request.
"""

from shared.errors import LaterError
from shared.gallery.archive import day_of
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Order, find_accepted
from shared.jobs.publish_jobs import publish_job
from shared.miniapp.calls import Call, Reply
from shared.miniapp.order_job import origin_of_form
from shared.miniapp.page import go_to, greet
from shared.miniapp.privacy_page import draw_privacy
from shared.pictures.place_order import place_order
from shared.ports import AppPorts, Screen
from shared.privacy.export import ExportArtefacts, ExportRequest
from shared.texts import plain_text, unmark


async def order_export(ports: AppPorts, call: Call) -> Reply:
    """Ask for an export, or say why there is none now. Raises UnavailableError."""
    visitor = await greet(ports, call)
    intent = hash_id("app-export", ports.bot_id, call.user_id, call.value("token"))
    request = ExportRequest(price=0, day=day_of(ports.clock.now()))
    refused = plain_text(visitor.language, "toast-export-limit")
    if not request.is_offered(visitor.user) and await find_accepted(ports, intent) is None:
        return await draw_privacy(ports, visitor, refused=refused)
    order = Order("export", request, ExportArtefacts(), 1, has_card=False, is_recent=False)
    try:
        came_of_it = await place_order(ports, visitor.opened, origin_of_form(ports, visitor, intent), order)
    except LaterError:  # another form, or the chat, has just asked for the one of today
        return await draw_privacy(ports, visitor, refused=refused)
    if isinstance(came_of_it, Screen):
        return await draw_privacy(ports, visitor, refused=unmark(came_of_it.text))
    for opened in came_of_it.jobs:
        await publish_job(ports, opened.job)
    return go_to("/privacy?said=export")
