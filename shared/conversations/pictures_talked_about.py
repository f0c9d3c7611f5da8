"""Finds the pictures of the last answer: "make it darker" may mean one of them."""

from shared.conversations.answer import is_answer, question_of
from shared.jobs.frame import is_known
from shared.jobs.open_jobs import open_jobs
from shared.people.talk import last_answer_in, place_of
from shared.pictures.picture import Reference
from shared.ports import Ports
from shared.telegram.updates import Message
from shared.telegram.visits import Visit


async def find_pictures_talked_about(ports: Ports, visit: Visit, message: Message) -> tuple[Reference, ...]:
    """The pictures of the last question here; none if it was about something else. Raises UnavailableError."""
    place = place_of(ports.bot_id, message.chat.id, message.chat.thread_id)
    job_id = last_answer_in(visit.opened.user.talk, place)
    jobs = [opened.job for opened in await open_jobs(ports, [job_id])]
    files = [each for job in jobs if is_known(ports, job) and is_answer(job) for each in question_of(job).files]
    return tuple(Reference(each.file_id, each.size_bytes) for each in files if each.mime_type.startswith("image/"))
