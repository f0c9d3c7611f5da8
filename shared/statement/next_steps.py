"""What a person may try next: from what they have done themselves, and what most people do. Pure.

Nobody else's data is in it: of others only the order of the kinds of work counts, and only where many people worked.
"""

from collections.abc import Iterable, Mapping, Sequence

from shared.jobs.job import Job
from shared.people.talk import TalkSettings
from shared.pictures.picture import is_picture, request_of

KINDS = ("picture", "video", "answer", "transcript", "speech")
"""In the order in which they are proposed where no order of the day is known; each has a text `try-<kind>`."""
STEPS_MAX = 2


def list_next_steps(
    made: Mapping[str, int], talk: TalkSettings, jobs: Iterable[Job], popular: Sequence[str]
) -> tuple[str, ...]:
    """The names of the next steps, the best first; each has a text `try-<name>`.

    made: paid jobs by kind; jobs: the newest results; popular: kinds of work, the most frequent first.
    """
    tried = {kind for kind, count in made.items() if count}
    tried |= {"answer"} if talk.free_day else set()
    tried |= {"transcript"} if talk.heard_day else set()
    asked = [request_of(job) for job in jobs if is_picture(job)]
    steps = []
    if asked and not any(each.material_count for each in asked):
        steps.append("edit")
    elif asked and not any(each.tool for each in asked):
        steps.append("styles")
    order = [*(kind for kind in popular if kind in KINDS), *KINDS]
    new = [kind for kind in dict.fromkeys(order) if kind not in tried]
    return tuple([*steps, *new][:STEPS_MAX])
