"""*Stop* under an answer: the text so far stays; an answer that has not begun is canceled."""

from dataclasses import replace

from shared.conversations.answer import answer_of, ask_to_stop, is_answer
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import Job, JobState, is_canceled
from shared.jobs.mailbox import job_of_entry
from shared.jobs.open_jobs import StoredJob, change_job, open_jobs
from shared.jobs.publish_jobs import publish_stop
from shared.people.accounts import open_user
from shared.people.talk import place_of
from shared.ports import Ports
from shared.telegram.drafts import chat_of_draft, draft_id_of
from shared.telegram.updates import Chat


async def stop_draft(ports: Ports, chat: Chat, draft_id: int) -> None:
    """*Stop* at a Telegram draft: end the answer that it shows, if that is still running. Raises UnavailableError.

    Telegram has been seen to name the bot itself as the chat (https://github.com/tdlib/telegram-bot-api/issues/891);
    then the draft's number identifies the person.
    """
    if chat.id == ports.bot_id:
        chat = replace(chat, id=chat_of_draft(draft_id))
    user = (await open_user(ports, chat.id)).user
    entries = user.mailboxes.get(place_of(ports.bot_id, chat.id, chat.thread_id), ())
    for opened in await open_jobs(ports, [job_of_entry(entry) for entry in entries]):
        if draft_id_of(opened.job) == draft_id and is_answer(opened.job):
            await stop_answer(ports, opened)


async def stop_answer(ports: Ports, opened: StoredJob) -> str:
    """Tell the worker to end the answer now; returns the id of the text to show. Raises UnavailableError."""
    now = ports.clock.now()

    def ask(job: Job) -> Job | None:
        if job.state is not JobState.WORKING or answer_of(job).stop_asked_at is not None:
            return None
        return ask_to_stop(job, now)

    job = (await change_job(ports, opened, ask)).job
    if job.state is JobState.WORKING:
        await publish_stop(ports, job)
    if job.state is JobState.QUEUED:
        job = await cancel_job(ports, job.id) or job
        if is_canceled(job):
            return "toast-canceled"
    return "toast-answer-stopped" if job.state is JobState.WORKING else "toast-too-late"
