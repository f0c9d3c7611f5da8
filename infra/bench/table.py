"""The bench's terminal output."""

from collections.abc import Sequence

from infra.bench.compare import REGRESSION_MIN, Regression
from infra.bench.figures import Goal, Section, show_number
from infra.local.lines import BOLD, DIM, GREEN, RED, YELLOW, Paint

GAP = "  "
MARGIN = "  "


def format_section(section: Section, paint: Paint) -> str:
    """Title, rows, goals, notes."""
    lines = ["", f"{paint(section.part, BOLD)}  {section.title}"]
    lines += [MARGIN + line for line in format_rows(section, paint)]
    if section.goals:
        lines += ["", *(MARGIN + format_goal(goal, paint) for goal in section.goals)]
    return "\n".join([*lines, *(MARGIN + paint(f"· {note}", DIM) for note in section.notes)])


def format_rows(section: Section, paint: Paint) -> list[str]:
    """The first column to the left, the numbers to the right."""
    widths = [max(map(len, column)) for column in zip(section.columns, *section.rows, strict=True)]
    head, *body = (align(row, widths) for row in (section.columns, *section.rows))
    return [paint(head, DIM), *body]


def align(row: Sequence[str], widths: Sequence[int]) -> str:
    """One line."""
    name, *cells = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return GAP.join([name, *cells]).rstrip()


def format_goal(goal: Goal, paint: Paint) -> str:
    """`✓ cold start of webhook: 1.4 × (at most 1.6 ×)`; a missed aim beyond the promise is a yellow tilde."""
    mark = paint("✓", GREEN) if goal.is_met else paint("✗", RED) if goal.binding else paint("~", YELLOW)
    unit = f" {goal.unit}" if goal.unit else ""
    kind = "" if goal.binding else "aim: "
    bound = paint(f"({kind}{goal.bound} {show_number(goal.limit)}{unit})", DIM)
    return f"{mark} {goal.text}: {show_number(goal.value)}{unit} {bound}"


def format_summary(sections: Sequence[Section], seconds: float, paint: Paint) -> str:
    """The last line: how many promises hold."""
    binding = [goal for section in sections for goal in section.goals if goal.binding]
    met = sum(goal.is_met for goal in binding)
    colour = GREEN if met == len(binding) else RED
    return f"\n{paint(f'{met} of {len(binding)} goals met', colour)} in {seconds / 60:.1f} minutes"


def format_regressions(regressions: Sequence[Regression], paint: Paint) -> str:
    """A line for each figure that is worse than in the last kept run."""
    if not regressions:
        return paint(f"no figure is more than {REGRESSION_MIN:.0%} worse than in the last run that was kept", DIM)
    return "\n".join(paint(f"▼ {regression}", YELLOW) for regression in regressions)
