"""Sending what a release has in its outbox: a workflow to GitHub, everything else to people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from shared.releases.release import Outgoing, OutgoingKind, Release
from shared.releases.release_ports import Workflows

BRANCH = "main"
"""Production's workflows run on no other (workflow.py)."""

Tell = Callable[[Release, Outgoing], Awaitable[None]]
"""Shows people a card or a notice. Raises UnavailableError: again later."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a workflow."""

    workflow: str
    request: str
    """The same for each try, and for nothing else: a run has it in its name."""
    inputs: Mapping[str, str] = field(default_factory=dict)


def find_start(release: Release, outgoing: Outgoing) -> Start | None:
    """The workflow that is to be started; None: it is for people.

    A way back names the release to leave: started late, or twice, it leaves whatever is newer alone. An abort names
    none to go to, as its candidate only has to go.
    """
    request = f"{release.id}.{outgoing.event_number}"
    if outgoing.kind is OutgoingKind.DEPLOYMENT:
        return Start("deploy-production.yml", request, {"release": release.id})
    if outgoing.kind is OutgoingKind.ROLLBACK:
        back = {"environment": "production", "release": release.id, "to": release.rollback_to_tag}
        return Start("rollback.yml", request, back)
    return None


async def tell_nobody(_release: Release, _outgoing: Outgoing) -> None:
    """Where there is no release bot."""


class OutgoingSender:
    """Implements Sender."""

    def __init__(self, workflows: Workflows, tell: Tell = tell_nobody) -> None:
        self._workflows, self._tell = workflows, tell

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        start = find_start(release, outgoing)
        if start is None:
            await self._tell(release, outgoing)
        else:
            await self._workflows.start(start.workflow, BRANCH, start.request, start.inputs)
