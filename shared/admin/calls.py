"""What a page of the operators is asked, and by whom. Pure; `shared/admin_site.py` speaks HTTP."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.miniapp.calls import Reply
from shared.miniapp.routes import Method, write_expression
from shared.people.operators import Role
from shared.people.users import Language
from shared.ports import AppPorts


@dataclass(frozen=True, slots=True)
class Operator:
    """Who has signed in."""

    user_id: int
    role: Role
    language: Language
    form_token: str
    """What every form of theirs carries."""


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One call. The operator comes from the session and from nowhere else."""

    by: Operator
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path."""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """The last value of a field of the form, without blanks around it; empty if there is none."""
        return self.form[name][-1].strip() if self.form.get(name) else ""


Handler = Callable[[AppPorts, AdminCall], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """An address, such as "/admin/people/{person}", and who may ask for it."""

    method: Method
    pattern: str
    roles: frozenset[Role]
    handle: Handler
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", write_expression(self.pattern))
