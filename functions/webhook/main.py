"""`webhook`: checks the secret, stores the update as one task, answers Telegram. No database, no bot token."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared import loading
from shared.adapters.clock import SystemClock
from shared.delivery import RECEIVED_HEADER, UPDATE_BYTES_MAX
from shared.errors import BodyTooLargeError
from shared.http import done, make_endpoint, read_body, telegram_secret
from shared.logs import configure_logs, log_event
from shared.payments.checkout import answer_checkout
from shared.settings import TelemetrySettings, WebhookSettings, load
from shared.task import Task
from shared.telegram.rollout import find_chat, is_candidate_chat, lane_of
from shared.wiring import Once, make_bot_queue, start_telemetry

settings = load(WebhookSettings.read)
configure_logs("webhook")
start_telemetry("webhook", load(TelemetrySettings.read))
candidate = settings.candidate
clock = SystemClock()
queue = Once(lambda: make_bot_queue(settings.queue, settings.bot))
candidate_queue = Once(partial(make_bot_queue, settings.queue, candidate.bot)) if candidate else queue


async def take_update(request: Request) -> Response:
    """Answer 200 once the update is stored, or if it is unusable: until then Telegram holds the chat's next updates."""
    try:
        body = await read_body(request, UPDATE_BYTES_MAX)
    except BodyTooLargeError as error:
        log_event("update_dropped", severity="WARNING", error=error)
        return done()
    answer = answer_checkout(body, settings.order_keys, clock.now())
    if answer is not None:
        return JSONResponse(answer)
    chat_id = find_chat(body)
    is_tried = candidate is not None and is_candidate_chat(chat_id, candidate.percent, candidate.staff_chat_ids)
    task = Task("bot", "/", body, headers={RECEIVED_HEADER: clock.now().isoformat()}, lane=lane_of(chat_id))
    await (candidate_queue if is_tried else queue).get().enqueue(task)
    return done()


async def check() -> None:
    """Check that the queue can be reached, without storing a task."""
    await queue.get().check()


webhook = make_endpoint(
    "webhook", settings.release, settings.queue.project, telegram_secret(settings.secret), take_update, check
)
loading.end()
