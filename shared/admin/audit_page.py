"""GET /admin/audit?about=…&after=…: a page of all acts, or of those about one person, the newest first: one query."""

from datetime import datetime

from shared.admin.audit_log import AuditEntry, newest_entries, newest_entries_about
from shared.admin.calls import AdminCall
from shared.admin.decode_act import decode_act
from shared.admin.page import Frame, read_person, show_page
from shared.hash_ids import is_id
from shared.miniapp.calls import Reply
from shared.ports import AppPorts
from shared.statement.section import read_place, write_place
from shared.texts import plain_text

PAGE = 30


async def show_audit(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of the audit. Raises UnavailableError."""
    about, after = read_person(call.query.get("about", "")), _read_after(call.query.get("after", ""))
    asked = newest_entries_about(about, PAGE + 1, after) if about else newest_entries(PAGE + 1, after)
    entries = [decode_act(AuditEntry, record) for record in await ports.store.find(asked)]
    older = ""
    if len(entries) > PAGE:
        last = entries[PAGE - 1]
        older = f"/admin/audit?about={about}&after={write_place(last.at)}.{last.id}"
    frame = Frame("audit", plain_text(call.by.language, "admin-tab-audit"), "/admin")
    return show_page(call, "audit.html", frame, entries=entries[:PAGE], about=about, older=older)


def _read_after(text: str) -> tuple[datetime, str] | None:
    """The place of a page in an address; None, the newest, for nonsense."""
    place, _, entry_id = text.partition(".")
    at = read_place(place)
    return (at, entry_id) if at is not None and is_id(entry_id) else None
