"""What an answer knows beside its question, in one read however long the conversation is."""

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
    """The conversation, and what the model is told beside its newest turns."""

    opened: OpenConversation
    material: str
    person: OpenUser | None = None
    """Where something is remembered of them: whoever pays the answer need not be read again."""


async def open_memory(ports: Ports, job: Job) -> Memory:
    """As it is now: what the person erased since they asked is not told. Raises UnavailableError.

    DocumentUnreadableError where this release cannot read the conversation.
    """
    question = question_of(job)
    people = [user_key(job.user_id)] if question.with_facts else []
    record, *users = await ports.store.read([conversation_key(question.conversation_id), *people])
    opened = open_talk_record(record, begin(job.user_id, question.conversation_id, job.mailbox, ports.clock.now()))
    person = open_record(ports, job.user_id, users[0]) if users else None
    facts = known_facts(person.user.talk) if person is not None else ()
    return Memory(opened, compose_material(opened.conversation.summary, facts), person)
