"""Operators at their pages: calls a page as the function does, and reads what it says."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from shared.admin.audit_log import AuditEntry
from shared.admin.calls import AdminCall, Operator
from shared.admin_pages import ROUTES
from shared.codec import decode
from shared.miniapp.routes import find_route
from shared.people.operators import Role
from shared.people.users import Language
from shared.ports import AppPorts
from shared.usage import start_usage
from tests.unit.miniapp.conftest import Page
from tests.world import World

BOSS, CHIEF, CLERK, HELPER = 701, 702, 703, 704
ROLES = {CLERK: "finance", HELPER: "support"}
ALONE_MAX = 50
REASON = "A picture that never came"


@dataclass
class Office:
    """The pages in the hands of one operator; BOSS and CHIEF are admins."""

    world: World
    by: int = BOSS
    language: Language = "en"
    reads: int = 0
    """How many documents the last call has read."""

    def __post_init__(self) -> None:
        self.world.ports = replace(self.world.ports, admin_ids=frozenset({BOSS, CHIEF}), admin_roles=ROLES)

    @property
    def ports(self) -> AppPorts:
        caps = (10_000_000, 50_000_000)
        return replace(self.world.app_ports, alone_credits_max=ALONE_MAX, spend_usd_micros_max=caps)

    def as_other(self, user_id: int) -> "Office":
        """The same pages in another's hands."""
        return Office(self.world, user_id, self.language)

    async def call(self, method: str, address: str, form: dict[str, str] | None = None) -> Page:
        parts = urlsplit(address)
        found = find_route(method, parts.path, ROUTES)
        assert found is not None, address
        route, parameters = found
        role = Role(ROLES.get(self.by, "admin"))
        assert role in route.roles, "the site would refuse this role"
        fields = {name: [value] for name, value in (form or {}).items()}
        operator = Operator(self.by, role, self.language, "test-form-token")
        usage = start_usage()
        reply = await route.handle(self.ports, AdminCall(operator, parameters, dict(parse_qsl(parts.query)), fields))
        self.reads = usage.store_reads
        return Page(reply)

    async def get(self, address: str) -> Page:
        return await self.call("GET", address)

    async def post(self, address: str, **form: str) -> Page:
        """A form, and the page to which it leads."""
        answered = await self.call("POST", address, form)
        return await self.get(answered.location) if answered.status == 303 else answered

    async def give(self, user_id: int, credit_count: int | str, nonce: str = "n" * 22, reason: str = REASON) -> Page:
        """The form on a person's page."""
        address = f"/admin/people/{user_id}/credits"
        return await self.post(address, credits=str(credit_count), nonce=nonce, reason=reason)

    def audit(self) -> list[AuditEntry]:
        """All acts, in their order."""
        stored = self.world.store.collection("audit_log").values()
        return sorted((decode(AuditEntry, fields) for fields in stored), key=lambda entry: entry.at)
