"""What a test can make a local Google service do wrong.

| control | what happens |
|---|---|
| `fail(times, status, method)` | the next calls are refused and nothing is done |
| `cut(times, method)` | the next calls' connections break and nothing is done |
| `lose_answers(times)` | the next changes are made, but the connection breaks before the answer |
| `kill_at(number, after=…)` | the client dies at that change (KilledError); nobody is answered until `revive()` |
| `before_change` | called in the server's thread before each change is made; may raise ApiError or CutError |
"""

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.cloud.errors import ApiError, CutError, KilledError


@dataclass(frozen=True)
class Call:
    """One request a server was sent, and what it answered: 0 where the connection was cut."""

    at: datetime
    method: str
    path: str
    status: int


@dataclass
class _Planned:
    times: int
    status: int
    method: str


@dataclass
class _Kill:
    number: int
    after: bool
    thread: int


class Faults:
    """The troubles of one server."""

    def __init__(self) -> None:
        self.before_change: Callable[[str], object] = _do_nothing
        self._planned: list[_Planned] = []
        self._lost_answers = 0
        self._kill: _Kill | None = None
        self._is_dead = False

    def fail(self, times: int = 1, status: int = 503, method: str = "") -> None:
        """Refuse the next calls (of a method); nothing is done."""
        self._planned.append(_Planned(times, status, method))

    def cut(self, times: int = 1, method: str = "") -> None:
        """Break the next calls' connections; nothing is done."""
        self._planned.append(_Planned(times, 0, method))

    def lose_answers(self, times: int = 1) -> None:
        """Make the next changes, but break the connection instead of answering."""
        self._lost_answers = times

    def kill_at(self, number: int, *, after: bool = False, thread: int | None = None) -> None:
        """Kill the client at the so manieth change from now (1: the next), before or after it is made.

        `thread` is the one the client runs in; without it, the caller's own.
        """
        self._kill = _Kill(number, after, thread or threading.get_ident())

    def revive(self) -> None:
        """Answer again, after a kill; a kill that has not happened yet is off."""
        self._is_dead = False
        self._kill = None

    def clear(self) -> None:
        """No troubles any more."""
        self.revive()
        self._planned.clear()
        self._lost_answers = 0
        self.before_change = _do_nothing

    def meet_call(self, method: str) -> None:
        """For the server: raises ApiError or CutError where this call shall not be served."""
        self.meet_death()
        for planned in self._planned:
            if planned.method in {"", method} and planned.times > 0:
                planned.times -= 1
                if planned.status:
                    raise ApiError(planned.status, f"a planned {planned.status}")
                raise CutError

    def meet_death(self) -> None:
        """For the server: raises CutError after a kill."""
        if self._is_dead:
            raise CutError

    def begin_change(self, what: str) -> None:
        """For the server, before it makes a change."""
        self.before_change(what)
        if self._kill is not None:
            self._kill.number -= 1
            if self._kill.number == 0 and not self._kill.after:
                self._strike(self._kill)

    def end_change(self) -> None:
        """For the server, when a change is made and not yet answered."""
        if self._kill is not None and self._kill.number <= 0:
            self._strike(self._kill)
        if self._lost_answers > 0:
            self._lost_answers -= 1
            raise CutError

    def _strike(self, kill: _Kill) -> None:
        self._kill, self._is_dead = None, True
        # The client's thread waits for our answer: the exception meets it as soon as the broken connection wakes it.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(kill.thread), ctypes.py_object(KilledError))
        raise CutError


def _do_nothing(what: str) -> None:
    return
