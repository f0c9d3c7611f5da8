"""The events of the business: what the code counts, the sink's filter and docs/numbers.md name the same."""

import ast
import json
import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import hcl2
import pytest

from shared.jobs.day_numbers import DayNumbers
from shared.logs import follow_events
from shared.telemetry.business_events import EVENTS, NUMBERS, WORDS
from shared.telemetry.tell_business import LINE, BusinessTeller
from tests.infra.test_observability import PLAIN, play
from tests.world import ME, World

ROOT = Path(__file__).parents[2]
SINK = ROOT / "terraform/modules/product/analytics.tf"
PAGE = (ROOT / "docs/numbers.md").read_text("utf-8")
PLAYED = {
    *("credits_granted", "job_canceled", "job_delivered", "job_refused", "model_answered"),
    *("request_accepted", "request_declined", "result_rated", "result_shared", "payment_credited", "payment_returned"),
    "day_summed",
}
"""The events of `play`; of the others the calls in the code are read."""
OF_VIDEOS = {"seconds"}
"""Fields that no picture and no answer has."""


def read_calls() -> dict[str, set[str]]:
    """Event → the names of the fields of all its calls in shared/."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "shared").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "log_event":
                names = {keyword.arg or ast.unparse(keyword.value) for keyword in node.keywords}
                for word in ast.walk(node.args[0]):
                    if isinstance(word, ast.Constant):
                        found[str(word.value)] |= names
    return found


async def test_lines_of_peoples_doings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field is in at least one line; no id, no word of a person and nothing of the request is in any."""
    monkeypatch.setattr("shared.logs._followers", [])
    follow_events(BusinessTeller(None).take)
    await play(World())
    lines = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if line["event"] == LINE]
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        found[line["name"]] |= line.keys() - {"severity", "event", "name"}
    assert {name: EVENTS[name] - names for name, names in found.items() if EVENTS[name] - names - OF_VIDEOS} == {}
    assert set(found) == PLAYED
    said = json.dumps(lines, ensure_ascii=False)
    assert not [word for word in ("fox", "What", str(ME), "trace", "job_id", "update_id") if word in said]


def test_the_other_events_are_logged() -> None:
    """Each is a call in the code, with each of the fields."""
    calls = read_calls()
    payments = calls["card_order_moved"]  # its event is looked up by the order's state
    for name in EVENTS.keys() - PLAYED:
        named = calls[name] | (payments if name == "payment_disputed" else set())
        known = named | ({each.name for each in fields(DayNumbers)} if name == "day_summed" else set())
        assert EVENTS[name] <= known, name
        assert name in calls or name == "payment_disputed"
    assert '"payment_disputed"' in (ROOT / "shared/payments/book_card_order.py").read_text("utf-8")


def test_the_sink_takes_these_events() -> None:
    """The filter names each event that the code counts and no other, by the line's own field."""
    [found] = hcl2.loads(SINK.read_text("utf-8"), serialization_options=PLAIN)["locals"]
    assert found["business_events"] == sorted(EVENTS)
    assert f'jsonPayload.event=\\"{LINE}\\"' in SINK.read_text("utf-8")


def test_the_page_lists_them() -> None:
    """Every event with its fields."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \|(?: (.+?))? \|$", PAGE, re.MULTILINE)
    assert {name: re.findall(r"`(\w+)`", named) for name, named in rows} == {
        name: sorted(named) for name, named in EVENTS.items()
    }


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL))
def test_queries_ask_for_what_is_there(query: str) -> None:
    """Each field exists, each event too, and no query adds up words."""
    asked = set(re.findall(r"jsonPayload\.(\w+)", query))
    assert asked <= WORDS.keys() | NUMBERS | {"name"}
    assert set(re.findall(r"'(\w+_\w+)'", query)) <= EVENTS.keys()
    summed = re.findall(r"(?:SUM|MAX|APPROX_QUANTILES)\((?:IF\([^,]+, )?jsonPayload\.(\w+)", query)
    assert set(summed) <= NUMBERS
