"""A local GitHub: one repository over REST and GraphQL, as strict as the real one where the verbs touch it.

    with GitHub(clock) as github:
        github.commit("feature/voice", "Listen to voice notes", {"voice.py": "…"})
        main(["open-pr", "--branch", "feature/voice"], Context(github.environment, clock=clock))
        github.check("feature/voice", "light check")

Tokens: `app-TEST-token` (the delivery App with all it may have), `job-TEST-token` (what Actions gives a job: starts no
workflows), `admin-TEST-token`, and narrower ones as the workflows ask for them (`state.ACTORS`). Troubles:
`github.faults` (tests/cloud/faults.py) and `limit_calls`. What workflows would start on: `take_events`. Rules are
enforced once a ruleset is there: run `protect-branches`.
"""

from tests.cloud.github.server import GitHub as GitHub
from tests.cloud.github.state import ACTORS as ACTORS
from tests.cloud.github.state import DELIVERY_APP_ID as DELIVERY_APP_ID
from tests.cloud.github.state import REPOSITORY as REPOSITORY
from tests.cloud.github.state import Actor as Actor
from tests.cloud.github.state import Event as Event
from tests.cloud.github.state import Pull as Pull
