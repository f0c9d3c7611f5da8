"""`make bench`; the package's docstring says what it measures.

Exit code 0 when every goal is met, 1 when one is missed, 2 when a program must be installed first.
"""

import argparse
import os
import sys
import time

from infra.bench.compare import find_regressions, read_kept
from infra.bench.figures import Section
from infra.bench.machine import describe_machine
from infra.bench.parts import PARTS, USUAL, measure_each
from infra.bench.results import FOLDER, describe_run, name_file, now, write_run
from infra.bench.table import format_regressions, format_section, format_summary
from infra.local.lines import DIM, RED, Paint, paint_nothing, paint_terminal
from infra.local.processes import ROOT, StartError
from infra.local.tools import MissingToolError


def main() -> int:
    """Measure the chosen parts; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description="How fast, how small, how frugal.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"{', '.join(USUAL)} unless named")
    chosen = parser.parse_args().parts or USUAL
    paint = paint_terminal if sys.stdout.isatty() and "NO_COLOR" not in os.environ else paint_nothing
    try:
        sections = measure_parts(chosen, paint)
    except (MissingToolError, StartError, RuntimeError) as error:
        print(paint(f"✗ {error}", RED), file=sys.stderr)
        return 2 if isinstance(error, MissingToolError) else 1
    return 0 if all(goal.is_met for section in sections for goal in section.goals if goal.binding) else 1


def measure_parts(chosen: list[str], paint: Paint) -> list[Section]:
    """Measure each part and print its table; then write the file."""
    machine, started, began, kept = describe_machine(), time.monotonic(), now(), read_kept(FOLDER)
    size = f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, load {machine['load_before']}"
    print(f"{began:%Y-%m-%d %H:%M} UTC  {size}", flush=True)

    def tell(part: str) -> None:
        if sys.stdout.isatty():
            print(paint(f"… {part}", DIM), end="\r", flush=True)

    sections = []
    for section in measure_each(chosen, tell):
        print(format_section(section, paint), flush=True)
        sections.append(section)
    regressions = list(find_regressions(sections, kept))
    path = write_run(name_file(chosen, USUAL, began), describe_run(sections, machine, began))
    print(format_summary(sections, time.monotonic() - started, paint))
    print(format_regressions(regressions, paint))
    print(paint(f"every raw figure: {path.relative_to(ROOT)}", DIM))
    return sections


if __name__ == "__main__":
    sys.exit(main())
