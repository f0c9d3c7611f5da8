"""Switching what is sold on and off, and choosing with what new people begin: one commit with its audit entry.

POST /admin/models/{model}/off      POST /admin/models/{model}/on      POST /admin/models/{model}/first
"""

from collections.abc import Callable
from dataclasses import replace

from shared.admin.audit_log import create_entry, new_entry
from shared.admin.calls import AdminCall
from shared.admin.page import show_nothing
from shared.codec import encode, update
from shared.credits.catalogue import sold_models
from shared.credits.switches import (
    SWITCHES,
    Switches,
    begin_with,
    list_switchable,
    read_switches,
    switch_off,
    switch_on,
)
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.people.accounts import try_until_won
from shared.ports import AppPorts, Create

Change = Callable[[Switches, str], Switches]


async def switch_model_off(ports: AppPorts, call: AdminCall) -> Reply:
    """Nobody can order it any more. Raises UnavailableError."""
    return await _switch(ports, call, "switch_off", switch_off)


async def switch_model_on(ports: AppPorts, call: AdminCall) -> Reply:
    """It can be ordered again. Raises UnavailableError."""
    return await _switch(ports, call, "switch_on", switch_on)


async def choose_first_model(ports: AppPorts, call: AdminCall) -> Reply:
    """New people begin with it. Raises UnavailableError."""
    if call.parameters["model"] not in sold_models(ports.sellers):
        return show_nothing(call, "models")
    return await _switch(ports, call, "first_model", begin_with)


async def _switch(ports: AppPorts, call: AdminCall, act: str, change: Change) -> Reply:
    name = call.parameters["model"]
    if name not in list_switchable(ports.sellers):
        return show_nothing(call, "models")

    async def attempt() -> str:
        [record] = await ports.store.read([SWITCHES])
        before = Switches() if record is None else read_switches(record.fields)
        after, now = change(before, name), ports.clock.now()
        # The order in which they were switched off decides nothing.
        if (set(after.off), after.first) == (set(before.off), before.first):
            return "unchanged"
        entry = new_entry(call.by, act, name, now)
        told = replace(entry, subject=name, before=_tell(before), after=_tell(after))
        write = Create(SWITCHES, encode(after)) if record is None else update(record, after)
        await ports.store.commit([write, create_entry(told)])
        return "switched"

    return go_to(f"/admin/models?said={await try_until_won(ports, attempt)}")


def _tell(switches: Switches) -> str:
    """The switches in a line of the audit."""
    return f"off: {', '.join(switches.off) or '–'}; first: {switches.first or '–'}"
