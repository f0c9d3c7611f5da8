"""Reading several prompts out of one text."""

import pytest

from shared.people.users import PictureSettings
from shared.pictures.batch import BATCH_MAX, LINES_MAX, Prompts, is_list, is_ordered_list, plan_batch, read_prompts

SETTINGS = PictureSettings()


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("a fox\na cat", ("a fox", "a cat")),
        ("\n\n a fox \r\n\r\n\ta cat\n", ("a fox", "a cat")),
        ("1. a fox\n2) a cat\n3️⃣ a dog", ("a fox", "a cat", "a dog")),
        ("- a fox\n– a cat\n• a dog", ("a fox", "a cat", "a dog")),
        ("1. a fox\nin the snow\n2. a cat", ("a fox in the snow", "a cat")),
        ("draw:\n1. a fox\n2. a cat", ("a fox", "a cat")),
        ("Нарисуй мне:\nлису\nкота", ("лису", "кота")),
        ("a fox; a cat;; a dog", ("a fox", "a cat", "a dog")),
        ("a fox; red\na cat; blue", ("a fox; red", "a cat; blue")),
        ("16:9 2K\na fox\na cat 1:1", ("16:9 2K a fox", "16:9 2K a cat 1:1")),
        ("16:9", ("16:9",)),
        ("3 cats on a roof\n3.5 tonne truck", ("3 cats on a roof", "3.5 tonne truck")),
        ("a fox\n---\n***\n", ("a fox",)),
        ("", ()),
        (" \n\t\n", ()),
    ],
)
def test_read(text: str, taken: tuple[str, ...]) -> None:
    """A prompt for each line; marks of a list, empty lines and an announcement are not prompts."""
    assert read_prompts(text) == Prompts(taken)


def test_what_is_not_taken() -> None:
    """The first ten count; what stands twice is taken once; what no model may get is left out: each is told."""
    found = read_prompts("\n".join(["A fox", "a  FOX", "x" * 5_000, *(f"cat {n}" for n in range(12))]))
    assert found.taken[:2] == ("A fox", "cat 0")
    assert read_prompts("a fox\na cat\na fox\na dog").taken == ("a fox", "a cat", "a dog")
    assert (len(found.taken), found.left_out, found.repeated, found.too_long) == (BATCH_MAX, 3, 1, 1)


def test_very_long_texts() -> None:
    """A text of a megabyte is read like any other: as one line, as many lines, or as an item that goes on and on."""
    assert read_prompts("x" * 1_000_000) == Prompts((), too_long=1)
    assert read_prompts("16:9 " * 200_000 + "\na fox").taken == ("a fox",)
    assert read_prompts("\n".join(f"a fox {n}" for n in range(80_000))).left_out == LINES_MAX - BATCH_MAX
    assert read_prompts("1. a fox\n2. a cat\n" + "and so on\n" * 80_000) == Prompts(("a fox",), too_long=1)
    assert read_prompts("a fox;" * 80_000) == Prompts(("a fox",), repeated=LINES_MAX - 1, too_long=1)


@pytest.mark.parametrize(
    ("text", "is_one", "is_ordered"),
    [
        ("1. a fox\n2. a cat", True, False),
        ("- a fox\n- a cat", True, False),
        ("draw:\n1. a fox\n2. a cat", True, True),
        ("Нарисуй мне:\n- лису\n- кота", True, True),
        ("What is better:\n1. a fox\n2. a cat", True, False),
        ("draw a fox:\n- red\n- small", True, False),
        ("a fox\n1. in the snow\n2. at night", False, False),
        ("a fox\na cat", False, False),
        ("1. a fox", False, False),
        ("", False, False),
    ],
)
def test_lists(text: str, is_one: bool, is_ordered: bool) -> None:  # noqa: FBT001
    """Without a command only a list with marks may mean several pictures; an order before it says that it does."""
    assert (is_list(text), is_ordered_list(text)) == (is_one, is_ordered)


def test_plan() -> None:
    """Each prompt has its own parameters and price; the number of the settings does not count, one in a prompt does."""
    plan = plan_batch(("a fox", "a cat 2K 16:9", "a dog x3", "16:9"), PictureSettings(count=4))
    assert [(each.prompt, each.ratio, each.size) for each in plan.requests[:3]] == [
        ("a fox", "1:1", "1K"),
        ("a cat", "16:9", "2K"),
        ("a dog", "1:1", "1K"),
    ]
    assert [each.prompt for each in plan.requests[2:]] == ["a dog"] * 3
    assert (plan.price_of(1), plan.price_of(2), plan.price_of(BATCH_MAX)) == (4, 10, 22)
    assert {each.settings for each in plan.requests} == {PictureSettings(count=4)}


def test_plan_of_too_many() -> None:
    """The counts in the prompts cannot ask for more than ten either; what is not available is told."""
    plan = plan_batch(("a dog x4", "a cat x4", "a fox x4 8K"), SETTINGS)
    assert (len(plan.requests), plan.left_out, len(plan.missed)) == (BATCH_MAX, 2, 1)
    assert plan_batch((), SETTINGS).requests == ()
