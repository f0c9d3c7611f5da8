"""Faults in support, erasures and broadcasts that a tired engineer might make; the simulation must notice each."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.broadcasts import send_people, send_to_person
from shared.broadcasts.broadcast import Outcome
from shared.broadcasts.broadcast_documents import create_mark
from shared.codec import as_written
from shared.delivery import Delivery
from shared.errors import DeliveryUnknownError
from shared.hash_ids import hash_id
from shared.people import accounts
from shared.ports import Ports, Record
from shared.privacy import traces
from shared.support import answer_person, pass_on
from shared.support.pass_on import State, StoredPassing
from shared.support.read_said import Said
from tests.simulation.planted_payments import Plant


def conversations_of_erased_stay(patch: pytest.MonkeyPatch) -> None:
    """A collection is forgotten where traces of a person are removed."""
    kept = tuple(each for each in traces.TRACES if each.collection != "conversations")
    patch.setattr(traces, "TRACES", kept)


def erased_are_welcomed_again(patch: pytest.MonkeyPatch) -> None:
    """Nobody remembers who was erased."""

    async def find_nobody(ports: Ports, user_id: int) -> datetime | None:
        return None

    patch.setattr(accounts, "find_erased", find_nobody)


def blind_retry_of_a_copy(patch: pytest.MonkeyPatch) -> None:
    """A copy whose answer was lost is made once more."""
    send = pass_on._send

    async def send_again(ports: Ports, stored: StoredPassing, copy: Callable[[], Awaitable[int]]) -> StoredPassing:
        sent = await send(ports, stored, copy)
        if sent.state is not State.UNKNOWN:
            return sent
        await pass_on._note(ports, sent, State.FREE)
        raise DeliveryUnknownError("once more")

    patch.setattr(pass_on, "_send", send_again)


def answers_go_astray(patch: pytest.MonkeyPatch) -> None:
    """Every answer goes to the person who was answered first."""
    pass_answer, first = answer_person._pass_on, list[int]()

    async def go_astray(ports: Ports, said: Said, user_id: int, delivery: Delivery) -> None:
        first.append(user_id)
        await pass_answer(ports, said, first[0], delivery)

    patch.setattr(answer_person, "_pass_on", go_astray)


def nobody_is_marked(patch: pytest.MonkeyPatch) -> None:
    """Whoever takes a broadcast over does not know to whom it was sent."""

    async def mark_anew(ports: Ports, broadcast_id: str, user_id: int, owner: str) -> Record:
        now = ports.clock.now()
        mark = create_mark(hash_id(broadcast_id, owner, now.isoformat()), user_id, owner, now)
        [version] = await ports.store.commit([mark])
        return as_written(mark, version)

    patch.setattr(send_to_person, "mark_person", mark_anew)


def held_people_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whom a 429 kept from getting a broadcast is passed over."""

    def pass_over(self: Any, entry: Any, pause: timedelta) -> None:
        entry.outcome = Outcome.LEFT_OUT

    patch.setattr(send_people._Round, "_hold", pass_over)


PLANTED_IN_CLIENTS: tuple[Plant, ...] = (
    conversations_of_erased_stay,
    erased_are_welcomed_again,
    blind_retry_of_a_copy,
    answers_go_astray,
    nobody_is_marked,
    held_people_are_forgotten,
)
