"""The release bot's answer: what runs, what is tested and what holds releases back, for members only.

It only reads, so an update that Telegram repeats is answered twice and changes nothing.
"""

from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.releases.actor import Member, Permission
from shared.releases.describe_overview import describe_overview
from shared.releases.environment import PRODUCTION
from shared.releases.read_question import Question
from shared.releases.release import Release
from shared.releases.release_documents import (
    decode_environment,
    decode_member,
    decode_release,
    environment_key,
    member_key,
    releases_by_time,
)
from shared.releases.release_ports import ReleasePorts
from shared.texts import html_text

NEWEST = 5
"""Releases in the answer; with the member and the environment these are all that it reads."""


async def answer_question(ports: ReleasePorts, question: Question) -> str:
    """The answer in Telegram HTML. Raises UnavailableError."""
    try:
        return await _answer(ports, question)
    except DocumentUnreadableError as error:
        log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{question.telegram_id}")
        return html_text(question.language, "release-bot-unreadable")


async def _answer(ports: ReleasePorts, question: Question) -> str:
    keys = [member_key(question.telegram_id), environment_key(PRODUCTION)]
    known, stored = await ports.store.read(keys)
    member = Member(question.telegram_id) if known is None else decode_member(known)
    if not member.actor.may(Permission.SEE):
        return html_text(question.language, "release-bot-stranger", id=str(question.telegram_id))
    environment = decode_environment(stored, PRODUCTION)
    return describe_overview(question.language, member, environment, await _find_newest(ports), ports.clock.now())


async def _find_newest(ports: ReleasePorts) -> list[Release]:
    """The newest releases that can be read."""
    releases: list[Release] = []
    for record in await ports.store.find(releases_by_time("", None, NEWEST)):
        try:
            releases.append(decode_release(record))
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"releases/{record.key.id}")
    return releases
