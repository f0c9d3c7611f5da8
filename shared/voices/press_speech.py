"""🔊 under an answer, and 🗑 under a voice message. Only the person who asked may press them.

A press buys once. While the speech is being made, and once it is there, another press buys nothing and says so.
"""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from shared.conversations.answer import is_answer, meant_stop
from shared.credits.catalogue import speech_credits
from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted
from shared.jobs.frame import is_known
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.open_jobs import StoredJob
from shared.jobs.screens import screens_of
from shared.ports import Ports
from shared.providers.price_day import price_day
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, say_declined, show_rows, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit, origin_of
from shared.texts import plain_text
from shared.voices.delete_speech import Taken, delete_speech
from shared.voices.request_speech import find_round, known_settings, request_speech, start_speech
from shared.voices.speech import is_speech

_UNSAID = {
    None: "toast-speaking",
    Taken.GONE: "toast-unsaid",
    Taken.TOO_OLD: "toast-unsaid-old",
    Taken.LATER: "toast-unsaid-later",
}


async def press_speak(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """🔊: speak an answer."""
    opened = await _find(ports, visit, tap, arguments)
    if opened is None:
        return
    job = opened.job
    if screens_of(ports, job).words is None or job.state not in ENDS:
        await toast(ports, visit, tap, "toast-answer-running")
    elif job.state is not JobState.DELIVERED or job.deleted_at is not None:
        await toast(ports, visit, tap, "toast-speech-gone")
    elif is_answer(job) and meant_stop(job, visit.received_at):
        await toast(ports, visit, tap, "toast-answer-stopped")
    elif not await _tell_higher_price(ports, visit, tap, job, "".join(arguments[1:2])):
        await _speak(ports, visit, tap, opened)


async def _tell_higher_price(ports: Ports, visit: Visit, tap: Tap, job: Job, seen: str) -> bool:
    """Whether it costs more than its button says, which is told and shown; another press accepts it."""
    screens = screens_of(ports, job)
    assert screens.words is not None
    words = screens.words(job)
    then = int(seen) if seen.isdecimal() else speech_credits(words, job.created_at.date())
    price = speech_credits(words, price_day())
    if price <= then:
        return False
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "price-changed", price=price), alert=True)
    await show_rows(ports, tap, screens.caption(job, 0).buttons)
    return True


async def press_unsay(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """🗑: delete a voice message and its stored data."""
    opened = await _find(ports, visit, tap, arguments)
    if opened is None:
        return
    if not is_speech(opened.job) or opened.job.deleted_at is not None:
        await toast(ports, visit, tap, "toast-speech-gone")
        return
    await toast(ports, visit, tap, _UNSAID[await delete_speech(ports, opened)])


async def _find(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> StoredJob | None:
    """The job behind the button; None, after a toast, if the button is not valid."""
    return await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), partial(is_known, ports))


async def _speak(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    settings = known_settings(visit.opened.user.speech)
    intent, known = await find_round(ports, opened.job.id, settings)
    if known is not None:
        await toast(ports, visit, tap, "toast-spoken" if known.state in ENDS else "toast-speaking")
        return
    if not intent:
        await toast(ports, visit, tap, "toast-speech-tired")
        return
    origin = replace(origin_of(visit, intent), waiting=None)
    came_of_it = await request_speech(ports, visit.opened, origin, opened.job)
    if not isinstance(came_of_it, Accepted):
        await say_declined(ports, visit, tap, came_of_it)
        return
    visit.recorded = came_of_it.fresh
    await start_speech(ports, came_of_it)
    await toast(ports, visit, tap, "toast-speak" if came_of_it.fresh else "toast-speaking")
    with suppress(MessengerError):
        await ports.messenger.send_action(visit.place, "record_voice")
