"""Writing a broadcast without the bot: a draft and its audit entry in one commit; then the bot shows its card.

    form, or program ── draft + audit ✓ ── task ── the bot sends the draft's card to whoever wrote it

From there on everything goes as with /broadcast (`shared/broadcasts`): a draft goes to nobody before its operator has
seen it as a message, has had the people counted and has confirmed it.
"""

from dataclasses import dataclass, replace

from shared.admin.audit_log import create_entry, new_entry
from shared.admin.calls import Operator
from shared.broadcasts.audience import Audience
from shared.broadcasts.broadcast import Broadcast, choose_audience, new_broadcast
from shared.broadcasts.broadcast_documents import create_broadcast
from shared.broadcasts.change_broadcast import open_broadcast
from shared.broadcasts.content import Content, find_fault, read_content
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.miniapp.acts import Act, publish_act
from shared.ports import AppPorts


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it."""

    broadcast: Broadcast | None
    """None: nothing is written."""
    is_fresh: bool = False
    """This call has written it; otherwise an earlier one with the same intent did."""
    fault: str = ""
    """The id of the text that says why nothing is written; empty: the intent belongs to another text, if at all."""


async def write_broadcast(ports: AppPorts, by: Operator, words: str, audience: Audience, intent: str) -> Written:
    """Keep a draft, once for each intent of an operator. Raises UnavailableError."""
    content = read_content(words, "")
    if fault := find_fault(content):
        return Written(None, fault=fault)
    written = await _keep(ports, by, content, audience, hash_id("written broadcast", by.user_id, intent))
    if written.broadcast is not None:  # also at the second time: the first may have died before this
        await publish_act(ports, Act("broadcast", by.user_id, written.broadcast.id, ports.clock.now()))
    return written


async def _keep(ports: AppPorts, by: Operator, content: Content, audience: Audience, broadcast_id: str) -> Written:
    now, name = ports.clock.now(), str(by.user_id)
    draft = new_broadcast(broadcast_id, content, name, now)
    draft = choose_audience(draft, audience, name, now) or draft
    entry = new_entry(by, "write_broadcast", broadcast_id, now)
    told = replace(entry, subject=broadcast_id, before="–", after=draft.state.value)
    try:
        await ports.store.commit([create_broadcast(draft), create_entry(told)])
    except ConflictError:
        known = (await open_broadcast(ports, broadcast_id)).broadcast
        return Written(known if known.content == content else None)
    return Written(draft, is_fresh=True)
