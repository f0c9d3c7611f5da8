"""The lists of releases, each with its states. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from shared.releases.release import UNDECIDED, Status


class ListKind(StrEnum):
    """A list of the menu."""

    ACTIVE = "active"
    DEPLOYED = "deployed"
    FAILED = "failed"


COUNTED: Mapping[ListKind, tuple[Status, ...]] = {
    ListKind.ACTIVE: (*UNDECIDED, Status.DEPLOYING, Status.ROLLBACK, Status.ROLLBACK_FAILED),
    ListKind.DEPLOYED: (Status.DEPLOYED,),
    ListKind.FAILED: (
        Status.STAGING_FAILED,
        Status.MANUAL_TEST_FAILED,
        Status.PRODUCTION_FAILED,
        Status.ROLLBACK_DONE,
        Status.CANCELLED,
    ),
}
"""Each of the thirteen states is in one list."""
