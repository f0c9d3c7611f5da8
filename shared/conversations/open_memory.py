"""Reading everything that an answer needs beside its question, in one read for a conversation of any length."""

from dataclasses import dataclass

from shared.conversations.answer import question_of
from shared.conversations.conversation import begin
from shared.conversations.conversation_documents import OpenConversation, conversation_key, open_talk_record
from shared.conversations.material import compose_material
from shared.jobs.job import Job
from shared.people.accounts import OpenUser, open_record
from shared.people.facts import known_facts
from shared.people.user_documents import user_key
from shared.ports import Ports


@dataclass(frozen=True, slots=True)
class Memory:
    """The conversation, and the material for the model."""

    opened: OpenConversation
    material: str
    person: OpenUser | None = None
    """The person, read if there may be facts; then the payer need not be read again."""


async def open_memory(ports: Ports, job: Job) -> Memory:
    """Read the current memory: facts erased after the question are not used. Raises UnavailableError.

    DocumentUnreadableError if this release cannot read the conversation.
    """
    question = question_of(job)
    people = [user_key(job.user_id)] if question.with_facts else []
    record, *users = await ports.store.read([conversation_key(question.conversation_id), *people])
    opened = open_talk_record(record, begin(job.user_id, question.conversation_id, job.mailbox, ports.clock.now()))
    person = await open_record(ports, job.user_id, users[0]) if users else None
    facts = known_facts(person.user.talk) if person is not None else ()
    return Memory(opened, compose_material(opened.conversation.summary, facts), person)
