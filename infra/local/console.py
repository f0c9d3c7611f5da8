"""The terminal output of `make run`: the parts as they start, the URL, then a line per hop."""

import os
import shutil
import sys

from infra.local.events import Event
from infra.local.lines import BOLD, DIM, GREEN, RED, WIDTH, Paint, format_event, paint_nothing, paint_terminal
from infra.local.processes import Process
from infra.local.system import MEGABYTE, System, Watcher

TITLE_WIDTH = 22


class Console(Watcher):
    """Writes to standard output; a secret given to it is never shown."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.paint: Paint = paint_terminal if wanted else paint_nothing
        self._secrets = [secret for secret in secrets if secret]

    def say(self, text: str = "") -> None:
        """One line, without any secret."""
        for secret in self._secrets:
            text = text.replace(secret, "«secret»")
        print(text, flush=True)

    def greet(self) -> None:
        """The first line."""
        self.say(f"\n{self.paint('NanoBanana', BOLD)} is starting\n")

    def started(self, process: Process, seconds: float) -> None:
        """`✓ Firestore emulator  127.0.0.1:8704  0.9 s`."""
        part = process.part
        address = self.paint(f"127.0.0.1:{part.port}", DIM)
        self.say(f"  {self.paint('✓', GREEN)} {part.title:<{TITLE_WIDTH}} {address}  {seconds:4.1f} s")

    def died(self, process: Process, code: int, plan: str) -> None:
        """One line: which part, how it ended, what happens next."""
        ending = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.say(self.paint(f"✗ {process.part.name} {ending}: {plan}", RED))

    def heard(self, event: Event) -> None:
        """Show a hop; before the system is open, everything but readiness lines."""
        if line := format_event(event, self.paint, shutil.get_terminal_size((WIDTH, 0)).columns):
            self.say(line)

    def show_open(self, system: System, seconds: float, notes: list[str]) -> None:
        """The URL, and what differs from the default settings."""
        megabytes = sum(system.measure_memory().values()) / MEGABYTE
        about = self.paint(f"ready in {seconds:.1f} s, {megabytes:.0f} MB, Ctrl-C stops all of it", DIM)
        self.say()
        for note in notes:
            self.say(f"  {note}")
        if "telegram" in system.names:
            self.say(f"  Open  {self.paint(system.urls['telegram'], BOLD)}")
        if "telemetry" in system.names:
            self.say(f"  Traces and metrics  {self.paint(system.urls['telemetry'], DIM)}")
        self.say(f"  {about}\n")

    def fail(self, text: str) -> None:
        """Print the reason for a failed start on standard error."""
        for secret in self._secrets:
            text = text.replace(secret, "«secret»")
        print(self.paint(f"✗ {text}", RED), file=sys.stderr, flush=True)
