"""Where requests come from: words, photos with words, albums, replies; and what an edit of them does."""

from contextlib import suppress

from shared.domain.identity import message_intent
from shared.domain.jobs import JobState
from shared.domain.limits import PROMPT_CHARACTERS_MAX
from shared.domain.outcomes import DeclineReason
from shared.domain.prompts import parse_prompt
from shared.domain.updates import Message
from shared.errors import LaterError, MessengerError
from shared.flows.accept_request import Accepted, Origin
from shared.flows.announce_jobs import announce_jobs, resume_jobs
from shared.flows.change_prompt import change_prompt
from shared.flows.collect_album import ask_for_words, collect_part, draft_id_of, is_kept
from shared.flows.find_material import find_material, reference_to
from shared.flows.request_picture import Wish, decline, request_picture
from shared.flows.visits import Visit
from shared.ports import Ports, Screen
from shared.texts import html_text

EDIT_PAUSE_SECONDS = 3.0
"""How long an edit waits for the message it edits, which it may have overtaken."""


async def take_message(ports: Ports, visit: Visit, message: Message) -> None:
    """A message that asks for a picture, or brings a part of one."""
    if message.file is not None and message.media_group_id is not None:
        await collect_part(ports, message, message.text)
    elif message.file is not None and not message.text:
        await ask_for_words(ports, message)
    else:
        await _request(ports, visit, message)


async def take_image_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/image, with its words, a photo, or as a reply to one."""
    if message.text or message.file is not None:
        await take_message(ports, visit, message)
    else:
        usage = "image-usage" if message.chat.is_private else "image-usage-group"
        await ports.messenger.send_text(visit.place, Screen(html_text(visit.language, usage)))


async def take_edit(ports: Ports, visit: Visit, message: Message, deferrals: int) -> None:
    """New wording for a message of before. Raises LaterError when the message itself is not here yet."""
    prompt = parse_prompt(message.text).text
    if len(prompt) > PROMPT_CHARACTERS_MAX:
        screen = decline(visit.language, DeclineReason.PROMPT_TOO_LONG, prompt)
        await ports.messenger.send_text(visit.place, screen)
        return
    intent = draft_id_of(ports, message)
    if message.file is not None and (message.media_group_id is not None or await is_kept(ports, intent)):
        await collect_part(ports, message, message.text)
    jobs = [opened.job for opened in await change_prompt(ports, intent, prompt, message.update_id)] if prompt else []
    if not jobs and deferrals == 0:
        raise LaterError(EDIT_PAUSE_SECONDS)
    if jobs and not any(job.state is JobState.QUEUED or job.request.prompt == prompt for job in jobs):
        await ports.messenger.send_text(visit.place, Screen(html_text(visit.language, "edited-too-late")))


async def start_request(ports: Ports, visit: Visit, intent: str, wish: Wish) -> Accepted | Screen:
    """Accept a wish in this visit's name and set its jobs going; the screen to show where it was declined."""
    update = visit.update
    origin = Origin(
        intent=intent,
        inbox_id=visit.inbox_id,
        update_id=update.update_id,
        user_id=update.sender.id,
        chat_id=update.chat.id,
        thread_id=update.chat.thread_id,
        message_id=update.message_id,
        is_private=update.chat.is_private,
        language=visit.language,
    )
    answer = await request_picture(ports, visit.opened, origin, wish)
    if isinstance(answer, Accepted):
        visit.recorded = answer.fresh
        await (announce_jobs if answer.fresh else resume_jobs)(ports, answer.jobs)
    return answer


async def _request(ports: Ports, visit: Visit, message: Message) -> None:
    own = () if message.file is None else (reference_to(message.file),)
    material = await find_material(ports, message.sender.id, message.chat.id, message.replied, own)
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    answer = await start_request(ports, visit, intent, Wish(message.text, material))
    if isinstance(answer, Screen):
        await ports.messenger.send_text(visit.place, answer)


async def answer_tap(ports: Ports, query_id: str, toast: str = "", *, alert: bool = False) -> None:
    """Stop the button's spinner; a courtesy that may fail."""
    with suppress(MessengerError):
        await ports.messenger.answer_tap(query_id, toast, alert=alert)
