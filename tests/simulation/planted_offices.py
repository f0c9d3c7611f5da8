"""Faults in the API for programs and in operators' presents that a tired engineer might make; each must be noticed."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from shared.admin import change_credits, job_refund
from shared.admin.calls import Operator
from shared.admin.change_credits import Outcome
from shared.admin.given_day import GivenDay
from shared.people.api_keys import ApiKey, ApiToken, find_key
from shared.ports import AppPorts
from shared.rest import orders, program
from tests.simulation.planted_payments import Plant


def each_call_is_an_order(patch: pytest.MonkeyPatch) -> None:
    """A call that comes again is another order."""
    origin_of, numbers = orders._origin, count()

    def name_anew(*arguments: Any) -> Any:
        origin = origin_of(*arguments)
        return replace(origin, intent=f"{origin.intent}{next(numbers)}")

    patch.setattr(orders, "_origin", name_anew)


def keys_are_remembered(patch: pytest.MonkeyPatch) -> None:
    """A process that has once seen a key lets it in for ever."""
    find, seen = find_key, dict[str, ApiKey]()

    def find_or_remember(keys: tuple[ApiKey, ...], token: ApiToken, now: datetime) -> ApiKey | None:
        if (key := find(keys, token, now)) is not None:
            seen[token.key_id] = key
        return seen.get(token.key_id)

    patch.setattr(program, "find_key", find_or_remember)


def admins_agree_with_themselves(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether it is the admin who asked for it that agrees."""
    agree = change_credits._try_to_agree

    async def agree_as_another(ports: AppPorts, by: Operator, request_id: str) -> Outcome:
        return await agree(ports, replace(by, user_id=by.user_id + 1_000), request_id)

    patch.setattr(change_credits, "_try_to_agree", agree_as_another)


def a_refund_for_each_admin(patch: pytest.MonkeyPatch) -> None:
    """Two admins who refund one job have each their own reference."""
    name, numbers = job_refund.reference_of, count()
    patch.setattr(job_refund, "reference_of", lambda job_id: f"{name(job_id)}-{next(numbers)}")


def every_hour_is_another_day(patch: pytest.MonkeyPatch) -> None:
    """What an admin has given alone before is forgotten."""
    patch.setattr(change_credits, "read_day", lambda _, now: GivenDay(0, now))


PLANTED_IN_OFFICES: tuple[Plant, ...] = (
    each_call_is_an_order,
    keys_are_remembered,
    admins_agree_with_themselves,
    a_refund_for_each_admin,
    every_hour_is_another_day,
)
