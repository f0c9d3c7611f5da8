"""Sending a result from the app to a chat.

POST /gallery/{job}/send      a sending is stored, and `bot` asked to prepare its message; then /sendings/{sending}
GET  /sendings/{sending}      Telegram's list of chats, once the message is there       …/state: the changing part
"""

from contextlib import suppress

from shared.errors import ConflictError
from shared.gallery.find_results import open_result
from shared.gallery.result import Result
from shared.hash_ids import hash_id
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import NOT_FOUND, Call, Reply, page
from shared.miniapp.gallery_page import GONE
from shared.miniapp.page import Frame, go_to, greet, show_followed, show_gone
from shared.miniapp.sending import KEPT, Sending, create_sending, find_sending, stage_of
from shared.miniapp.templates import render
from shared.ports import AppPorts
from shared.texts import plain_text


async def send_result(ports: AppPorts, call: Call) -> Reply:
    """Store a sending and have its message prepared; a form that comes twice is one. Raises UnavailableError."""
    await greet(ports, call)
    opened, now = await open_result(ports, call.user_id, call.parameters["job"]), ports.clock.now()
    if opened is None or not Result(opened.job).file_id:
        return go_to(GONE)
    id_ = hash_id("sending", call.user_id, opened.job.id, call.value("token"))
    with suppress(ConflictError):  # the form came again
        await ports.store.commit([create_sending(Sending(id_, call.user_id, opened.job.id, now, now + KEPT))])
    await publish_act(ports, Act("prepare", call.user_id, id_, now))
    return go_to(f"/sendings/{id_}")


async def show_sending(ports: AppPorts, call: Call) -> Reply:
    """The page of a sending. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await find_sending(ports, call.user_id, call.parameters["sending"])
    if found is None:
        return show_gone(visitor, "gallery")
    result = f"/gallery/{found[0].job_id}"
    frame = Frame("gallery", plain_text(visitor.language, "app-send"), result)
    return show_followed(visitor, "sending_state.html", frame, (result, "app-send-back"), **_draw(ports, found[0]))


async def show_sending_state(ports: AppPorts, call: Call) -> Reply:
    """The changing part of the page. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await find_sending(ports, call.user_id, call.parameters["sending"])
    if found is None:
        return NOT_FOUND
    return page(render("sending_state.html", visitor.language, _draw(ports, found[0])))


def _draw(ports: AppPorts, sending: Sending) -> dict[str, object]:
    return {"sending": sending, "stage": stage_of(sending, ports.clock.now())}
