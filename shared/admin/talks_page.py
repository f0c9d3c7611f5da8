"""A person's conversations, for an operator who says why: the reason is in the audit before a word is shown.

POST /admin/people/{person}/talks                        the reason; for an hour it lets this operator read
GET  /admin/people/{person}/talks/{entry}?before=…       a page of conversations, the newest first
GET  /admin/people/{person}/talks/{entry}/{talk}?to=…    a page of one's turns
"""

from dataclasses import replace
from datetime import timedelta

from shared.admin.audit_log import AuditEntry, create_entry, entry_key, is_reason, new_entry
from shared.admin.calls import AdminCall
from shared.admin.change_credits import Outcome
from shared.admin.page import Frame, read_person, refuse_form, show_nothing, show_page
from shared.admin.person_page import person_path, show_person
from shared.codec import decode
from shared.conversations.history_screens import read_instant, write_instant
from shared.conversations.read_conversation import find_conversation, find_conversations, read_messages
from shared.hash_ids import is_id
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.miniapp.talks_page import TURNS, read_number, show_message
from shared.ports import AppPorts
from shared.texts import plain_text

ACT = "read_talks"
READ_FOR = timedelta(hours=1)


async def open_talks(ports: AppPorts, call: AdminCall) -> Reply:
    """Record the reason, and go to the conversations. Raises UnavailableError."""
    user_id, reason, now = read_person(call.parameters["person"]), call.value("reason"), ports.clock.now()
    if not user_id:
        return show_nothing(call, "overview")
    if not is_reason(reason):
        return await show_person(ports, refuse_form(call, Outcome.REASON, "talks"))
    entry = replace(new_entry(call.by, ACT, ports.ids.token(), now), user_id=user_id, reason=reason)
    await ports.store.commit([create_entry(entry)])
    return go_to(f"{person_path(user_id)}/talks/{entry.id}?said=recorded")


async def show_talks_of(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of conversations. Raises UnavailableError."""
    entry = await _read_entry(ports, call)
    if entry is None:
        return show_nothing(call, "overview")
    page = await find_conversations(ports, entry.user_id, read_instant(call.query.get("before", "")))
    path = f"{person_path(entry.user_id)}/talks/{entry.id}"
    older = "" if page.following is None else f"{path}?before={write_instant(page.following)}"
    frame = Frame("overview", plain_text(call.by.language, "admin-talks"), person_path(entry.user_id))
    return show_page(call, "talks_of.html", frame, talks=page.talks, path=path, older=older, entry=entry)


async def show_talk_of(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of the turns of one conversation, the newest page first. Raises UnavailableError."""
    entry = await _read_entry(ports, call)
    talk = None if entry is None else await find_conversation(ports, entry.user_id, call.parameters["talk"])
    if entry is None or talk is None:
        return show_nothing(call, "overview")
    last = read_number(call.query.get("to", ""), talk.count)
    numbers = range(max(1, last - TURNS + 1), last + 1)
    turns = [show_message(each) for each in await read_messages(ports, talk, numbers)]
    path = f"{person_path(entry.user_id)}/talks/{entry.id}"
    earlier = f"{path}/{talk.id}?to={numbers[0] - 1}" if numbers and numbers[0] > 1 else ""
    title = talk.title or plain_text(call.by.language, "history-untitled")
    return show_page(call, "talk_of.html", Frame("overview", title, path), turns=turns, earlier=earlier)


async def _read_entry(ports: AppPorts, call: AdminCall) -> AuditEntry | None:
    """The reason that this operator has recorded for this person within the hour. Raises UnavailableError."""
    entry_id = call.parameters["entry"]
    [record] = await ports.store.read([entry_key(entry_id)]) if is_id(entry_id) else [None]
    entry = None if record is None else decode(AuditEntry, record.fields)
    if entry is None or entry.act != ACT or entry.by != call.by.user_id:
        return None
    is_theirs = entry.user_id == read_person(call.parameters["person"])
    return entry if is_theirs and ports.clock.now() < entry.at + READ_FOR else None
