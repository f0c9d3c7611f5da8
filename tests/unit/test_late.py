"""What is loaded when it is needed first."""

import inspect
from importlib import import_module

import pytest

from shared.bot import router
from shared.conversations.take_questions import FILE, STOP, WAYS
from shared.late import LateModule, LateTable, late_modules
from shared.pictures.press_results import PRESSES


def test_a_function_is_called_as_it_is() -> None:
    """A late function takes the arguments and returns the value of the real one."""
    json = LateModule("json")
    assert json.dumps({"b": 1}, indent=0) == '{\n"b": 1\n}'


def test_late_modules_by_their_names() -> None:
    """Each of a package's modules has its own place."""
    made = late_modules("importlib", "metadata util")
    assert [*made] == ["metadata", "util"]
    assert made["util"].find_spec("no such module") is None


def test_a_table_loads_what_is_read() -> None:
    """All names are known, and an entry is what its module has, of the type that was promised."""
    table = LateTable({"pi": "math:pi", "sqrt": "math:sqrt", "none": "no_such_module:x"}, float)
    assert ([*table], len(table), "none" in table, "e" in table) == (["pi", "sqrt", "none"], 3, True, False)
    assert table["pi"] == pytest.approx(3.14159, abs=1e-5)
    with pytest.raises(AssertionError):
        table["sqrt"]
    with pytest.raises(KeyError):
        table["e"]


TABLES = {name: table for name, table in vars(router).items() if name in {"COMMANDS", "TAPS", "VIDEO_TAPS"}}


@pytest.mark.parametrize("table", TABLES)
def test_every_handler_is_there(table: str) -> None:
    """Each command and button names a coroutine of its room. mypy has compared the arguments."""
    for handler in TABLES[table].values():
        late = inspect.getclosurevars(handler).nonlocals
        real = getattr(import_module(late["self"]._name), late["function"])
        assert inspect.iscoroutinefunction(getattr(real, "func", real))


def test_actions_have_one_handler() -> None:
    """No action stands in two tables, so the order in which they are searched does not matter; those of answers, and
    no others, begin so."""
    of_answers = {STOP, FILE, *WAYS}
    names = [*router.TAPS, *router.VIDEO_TAPS, *PRESSES, *of_answers]
    assert len(names) == len({*names})
    assert {each for each in names if each.startswith("answer-")} == of_answers
