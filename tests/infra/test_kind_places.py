"""What the tables of kinds and surfaces name is in each of them; docs/adding-a-medium.md describes them."""

from dataclasses import fields

import pytest

from infra.functions import QUEUES
from shared.jobs.job import Job
from shared.jobs.queues import QUEUES as KIND_QUEUES
from shared.kinds import chat_kinds, image_kinds, video_kinds
from shared.surfaces import SCREENS, SURFACES

KINDS = {"image": image_kinds().keys(), "chat": chat_kinds().keys(), "video": video_kinds().keys()}
"""Of each function."""


def test_every_kind_can_be_shown() -> None:
    """Whatever can be made has a card and a caption, and nothing else has."""
    assert set().union(*KINDS.values()) == SCREENS.keys()


def test_every_kind_has_the_queue_of_its_function() -> None:
    """The tasks of each kind go to the function that does it, and no two functions do one kind."""
    assert {kind: function for function, kinds in KINDS.items() for kind in kinds} == KIND_QUEUES
    assert sum(map(len, KINDS.values())) == len(KIND_QUEUES)
    assert set(KIND_QUEUES.values()) <= set(QUEUES)


def test_what_an_old_job_is_stays_there() -> None:
    """A job that was stored before it named its kind and its surface still has both."""
    defaults = {each.name: each.default for each in fields(Job)}
    assert defaults["kind"] in KIND_QUEUES
    assert defaults["surface"] in SURFACES


@pytest.mark.parametrize("kind", SCREENS)
@pytest.mark.parametrize("surface", SURFACES)
def test_parts_of_a_job_share_no_field(kind: str, surface: str) -> None:
    """A job's parts stand flat in its document: a name that two of them had would be one field there."""
    parts = (Job, SCREENS[kind].artefacts, SURFACES[surface].address)
    names = [each.name for part in parts for each in fields(part)]
    assert sorted(names) == sorted(set(names))
