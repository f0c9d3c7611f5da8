"""What the terminal shows."""

from infra.bench.figures import Goal, Section
from infra.bench.table import format_section, format_summary
from infra.local.lines import paint_nothing

SECTION = Section(
    "cold",
    "fresh processes",
    ("from exec to", "ms", "× hello"),
    [("hello", "146", "1.00"), ("webhook: stored", "1,189", "1.30")],
    [Goal("webhook", 1.3, "at most", 1.6, "×"), Goal("bot", 4.4, "at most", 4.0, "×")],
    ["quiet"],
)


def test_columns_stand_under_their_heads() -> None:
    """Names begin, numbers end at the same place in every row."""
    assert format_section(SECTION, paint_nothing).splitlines()[1:5] == [
        "cold  fresh processes",
        "  from exec to        ms  × hello",
        "  hello              146     1.00",
        "  webhook: stored  1,189     1.30",
    ]


def test_goals_are_marked() -> None:
    """A goal that is met, one that is missed and an aim that is missed look different."""
    goals = [*SECTION.goals, Goal("aim high", 1.5, "at least", 2, "×", binding=False)]
    shown = format_section(Section("cold", "", ("a",), [("b",)], goals), paint_nothing)
    assert "✓ webhook: 1.3 × (at most 1.6 ×)" in shown
    assert "✗ bot: 4.4 × (at most 4.0 ×)" in shown
    assert "~ aim high: 1.5 × (aim: at least 2 ×)" in shown


def test_summary_counts_promises_only() -> None:
    """Aims beyond the promises change neither count."""
    aim = Section("webhook", "", ("a",), goals=[Goal("aim", 1, "at least", 2, binding=False)])
    assert format_summary([SECTION, aim], 90, paint_nothing) == "\n1 of 2 goals met in 1.5 minutes"
