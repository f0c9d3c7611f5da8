"""/privacy: what is kept and for how long, with a way to take it along.

A press asks for one export; a second press of the same button is the same request.
"""

from shared.conversations.history_screens import KEPT
from shared.credits.catalogue import titles_of_others
from shared.gallery.archive import day_of
from shared.jobs.accept_request import Accepted, Order, find_accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import is_known
from shared.jobs.identity import tap_intent
from shared.jobs.job import Job, is_canceled
from shared.people.users import Language
from shared.pictures.place_order import place_order
from shared.ports import Button, Ports, Screen
from shared.privacy.export import ExportArtefacts, ExportRequest, is_export
from shared.privacy.export_screens import EXPORT
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback, write_moment
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, origin_of
from shared.texts import html_text, plain_text


async def show_privacy(ports: Ports, visit: Visit, message: Message) -> None:
    """/privacy: which data is kept, for how long, and what the person can do with it. In groups only the words."""
    lines = [html_text(visit.language, "privacy")]
    if titles := titles_of_others(ports.sellers):
        lines.append(html_text(visit.language, "privacy-second", models=", ".join(titles)))
    if ports.cards:
        lines.append(html_text(visit.language, "privacy-cards"))
    if not message.chat.is_private:
        await answer(ports, visit, Screen("\n".join(lines)))
        return
    lines.append(html_text(visit.language, "privacy-ways"))
    nonce = write_moment(visit.received_at)
    await answer(ports, visit, Screen("\n".join(lines), _rows(visit.language, visit.opened.user.id, nonce)))


def _rows(language: Language, owner: int, nonce: str) -> tuple[tuple[Button, ...], ...]:
    export = Button(plain_text(language, "button-export"), write_callback(EXPORT, nonce))
    kept = Button(plain_text(language, "button-memory-kept"), write_callback(KEPT, "", owner))
    return (export,), (kept,)


async def press_export(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Ask for everything as ZIP files, once a day. Raises UnavailableError."""
    if not tap.chat.is_private:
        await toast(ports, visit, tap, "old-menu")
        return
    intent = tap_intent(ports.bot_id, f"export:{visit.opened.user.id}", EXPORT, "".join(arguments[:1]))
    request = ExportRequest(price=0, day=day_of(ports.clock.now()))
    if not request.is_offered(visit.opened.user) and await find_accepted(ports, intent) is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-export-limit"), alert=True)
        return
    order = Order("export", request, ExportArtefacts(), 1, is_recent=False)
    accepted = await place_order(ports, visit.opened, origin_of(visit, intent), order)
    await tell_ordered(ports, visit, tap, accepted, "toast-export")
    if isinstance(accepted, Accepted):
        visit.recorded = accepted.fresh
        await (announce_jobs if accepted.fresh else resume_jobs)(ports, accepted.jobs)


async def press_stop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Cancel* under the card of an export."""

    def fits(job: Job) -> bool:
        return is_known(ports, job) and is_export(job)

    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), fits)
    if opened is None:
        return
    job = await cancel_job(ports, opened.job.id)
    await toast(ports, visit, tap, "toast-canceled" if job is not None and is_canceled(job) else "toast-too-late")
