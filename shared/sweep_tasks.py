"""What the scheduler has `sweep` do each minute: tasks for what is overdue, and at its hours what the night is for."""

from collections.abc import Callable

from starlette.responses import Response

from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.http import done
from shared.jobs.check_books import check_books
from shared.jobs.rehearse_alarm import rehearse_alarm
from shared.jobs.sweep_work import Swept, sweep_work
from shared.logs import log_event
from shared.payments.reconcile import start_reconciliation
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.payments.tell_day import tell_day
from shared.ports import Messenger, RepairPorts
from shared.telegram.look_at_webhook import publish_look
from shared.webhooks.sweep_events import sweep_events

OpenChat = Callable[[], tuple[Messenger, int]]
"""Opens the operators' chat: their bot, and the chat's id."""


async def sweep_once(ports: RepairPorts, open_chat: OpenChat | None) -> Response:
    """Sweep, and do what is due; `open_chat` None: the operators have no chat. Raises UnavailableError."""
    begun_at = ports.clock.now()
    swept = await _sweep(ports)
    await start_reconciliation(ports)
    await check_books(ports, begun_at)
    rehearse_alarm(begun_at)
    await publish_look(ports)
    if open_chat is not None:  # last: a payment that cannot be read must not end the looks at the webhook
        await tell_day(ports, open_chat)
    return done(jobs=swept.jobs, drafts=swept.drafts, dues=swept.dues)


async def _sweep(ports: RepairPorts) -> Swept:
    swept = await sweep_work(ports)
    orders, broadcasts, events = (
        await sweep_card_orders(ports),
        await sweep_broadcasts(ports),
        await sweep_events(ports),
    )
    log_event(
        "work_swept",
        jobs=swept.jobs,
        drafts=swept.drafts,
        dues=swept.dues,
        card_orders=orders.moved,
        broadcasts=broadcasts.moved,
        webhook_events=events.moved,
        unreadable=swept.unreadable + orders.unreadable + broadcasts.unreadable + events.unreadable,
    )
    return swept
