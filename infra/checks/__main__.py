"""`make check`: every check that needs no network, two at a time, as one table.

`python -m infra.checks --light`: only what a pull request to staging waits for, in under a minute.
The exit code is 0 when all pass, 1 otherwise; what a failed check printed follows the table.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from infra.checks.findings import NOT_RUN, ROOT

PARALLEL = 2
ZIZMOR = ("--offline", "--pedantic", "--strict-collection", "--no-progress", "--quiet", ".github")
BIN = Path(sys.executable).parent
GREEN, RED, DIM, BOLD, PLAIN = "\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"


@dataclass(frozen=True)
class Check:
    """A command whose exit code 0 means success."""

    name: str
    command: tuple[str, ...]
    is_light: bool = False
    """Whether a pull request to staging waits for it."""


@dataclass(frozen=True)
class Result:
    """The result of a check; `output` is everything it printed."""

    check: Check
    passed: bool
    seconds: float
    output: str

    @property
    def notes(self) -> list[str]:
        """The check's notes about parts that did not run, and the reasons."""
        return [line for line in self.output.splitlines() if line.startswith(NOT_RUN)]


def list_checks(root: Path = ROOT) -> list[Check]:
    """The checks, the slowest first, so that two workers finish at about the same time."""
    entries = sorted(str(path.relative_to(root)) for path in root.glob("functions/*/main.py"))
    return [
        Check("terraform", verb("terraform")),
        Check("terraform and image (checkov)", verb("checkov")),
        # The entry points are named one by one: pyproject.toml excludes them from discovery.
        Check("types (mypy, strict)", program("mypy", "shared", "infra", "tests", *entries), is_light=True),
        Check("secrets", verb("secrets"), is_light=True),
        Check("lint (ruff, all rules)", program("ruff", "check", "."), is_light=True),
        Check("format (ruff)", program("ruff", "format", "--check", "."), is_light=True),
        Check("workflows: contract", verb("workflows"), is_light=True),
        Check("workflows: security (zizmor, pedantic)", program("zizmor", *ZIZMOR), is_light=True),
        Check("imports: layers (import-linter)", program("lint-imports", "--no-logo"), is_light=True),
        Check("imports: allow-lists", verb("imports"), is_light=True),
        Check("imports: owners of what delivers", verb("owned_imports"), is_light=True),
        Check("function folders", verb("function_folders")),
        Check("licences", verb("licences")),
        Check("lock", verb("lock")),
        Check("offers: file, texts, days, table", verb("offers")),
    ]


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """A tool of the virtual environment."""
    return (str(BIN / name), *arguments)


def verb(name: str) -> tuple[str, ...]:
    """A check of our own."""
    return (sys.executable, "-m", f"infra.checks.{name}")


def run_check(check: Check) -> Result:
    """Run one check to its end."""
    started = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(check, done.returncode == 0, time.monotonic() - started, done.stdout)


def run_checks(checks: list[Check]) -> list[Result]:
    """Run all, printing a row as each ends; the results in the order given."""
    width = max(len(check.name) for check in checks)
    with ThreadPoolExecutor(PARALLEL) as workers:
        running: list[Future[Result]] = [workers.submit(run_check, check) for check in checks]
        for ended in as_completed(running):
            print(format_row(ended.result(), width), flush=True)
    return [each.result() for each in running]


def format_row(result: Result, width: int) -> str:
    """`  ✓ name        1.2 s`."""
    mark = paint("✓", GREEN) if result.passed else paint("✗", RED)
    return f"  {mark} {result.check.name:<{width}}  {paint(f'{result.seconds:5.1f} s', DIM)}"


def format_failure(result: Result) -> str:
    """The name of a failed check, how to run it alone, and what it wrote."""
    command = " ".join(result.check.command).replace(f"{ROOT}/", "")
    return f"\n{paint(f'✗ {result.check.name}', RED)}  {paint(command, DIM)}\n{result.output.strip()}"


def paint(text: str, colour: str) -> str:
    """Coloured on a terminal, plain in a file or where NO_COLOR is set."""
    wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"{colour}{text}{PLAIN}" if wanted else text


def main(checks: list[Check]) -> int:
    """Run the checks and report; returns the exit code."""
    started = time.monotonic()
    print(paint("Checks", BOLD))
    results = run_checks(checks)
    notes = [note for result in results if result.passed for note in result.notes]
    print(*(f"  {paint('·', DIM)} {note}" for note in notes), sep="\n", end="\n" if notes else "")
    print(f"  {paint('·', DIM)} vulnerabilities: they need the network, so `make audit` looks for them")
    failed = [result for result in results if not result.passed]
    print(*map(format_failure, failed), sep="\n", end="\n" if failed else "")
    verdict = paint(f"{len(failed)} failed", RED) if failed else paint("all passed", GREEN)
    print(f"\n{len(results)} checks, {verdict} in {time.monotonic() - started:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    light_only = sys.argv[1:] == ["--light"]
    sys.exit(main([check for check in list_checks() if check.is_light or not light_only]))
