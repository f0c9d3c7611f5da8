"""Taking back a request of plain words because what came with them in the same moment belongs to it.

An app sends a comment and the photo that was forwarded with it as two messages of one second, a long text as several;
they arrive in any order. The words alone are a request already: it is canceled without a word of its own, its credits
go back, and its words join the rest. Nothing is taken back once there is a picture.
"""

from datetime import timedelta

from shared.jobs.accept_request import find_accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import CANCELABLE, Job
from shared.people.users import Waiting
from shared.pictures.picture import is_picture, request_of
from shared.ports import Ports
from shared.telegram.updates import Message

SAME_MOMENT = timedelta(seconds=1)
"""Between two messages that an app sends at once; Telegram's times are whole seconds."""
OVERTAKEN = timedelta(seconds=60)
"""Between a photo and the words sent after it, where the words were handled first."""


def is_same_moment(waiting: Waiting, message: Message) -> bool:
    """Whether a message was sent together with what was sent last in this place, or just before it."""
    if waiting.kind == "job" or waiting.sent_at is None:
        return False
    apart = abs(message.sent_at - waiting.sent_at)
    return apart <= SAME_MOMENT or (message.message_id < waiting.message_id and apart <= OVERTAKEN)


async def take_back(ports: Ports, waiting: Waiting | None, message: Message) -> str | None:
    """Cancel the plain request of the same moment; its words, None where there is none or it is too late.

    May be repeated. Raises UnavailableError.
    """
    if waiting is None or waiting.kind != "words" or not is_same_moment(waiting, message):
        return None
    accepted = await find_accepted(ports, waiting.id)
    if accepted is None or not all(_may_join(opened.job) for opened in accepted.jobs):
        return None
    jobs = [await cancel_job(ports, opened.job.id, is_joined=True) for opened in accepted.jobs]
    if not all(job is not None and job.is_joined for job in jobs):
        return None  # a picture was faster
    request = request_of(accepted.jobs[0].job)
    return request.words or request.prompt


def _may_join(job: Job) -> bool:
    """Words alone, and not yet a picture."""
    if not is_picture(job) or request_of(job).material_count:
        return False
    return job.is_joined or job.state in CANCELABLE
