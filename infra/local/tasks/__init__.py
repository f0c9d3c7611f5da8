"""A small Cloud Tasks server for local runs and tests.

It speaks the REST API of `google.cloud.tasks.v2.CloudTasks` on one port, so that Google's own client works
unchanged with its REST transport, and calls HTTP targets as the real service does: many at once, at their
time, with the X-CloudTasks headers and an OIDC token, again with back-off until they answer 2xx. State lives
in memory.

    python -m infra.local.tasks --port 8702 --http-port 8703 --queue QUEUE --queue QUEUE ...

A QUEUE is `projects/P/locations/L/queues/bot`, or with settings after a colon:
`:rate=500,concurrent=100,attempts=5,duration=60,min_backoff=0.1,max_backoff=10,doublings=4` (see `specs`).

In a test: `async with run_tasks_server(queues=[...]) as server:` with `server.api_address`, `server.issuer`,
`server.jwks_url`, `server.stats()`, `await server.wait_for(lambda stats: ...)` and
`server.plan_faults(FaultPlan(...))`.

On the HTTP port (its base URL is the tokens' issuer):

    GET  /jwks                the public key; also /.well-known/openid-configuration
    GET  /health              {"status": "ok"}
    GET  /stats               {"queues": {FULL_NAME: counts}, "faults": plan}; the counts are `QueueStats`
    POST /pause?queue=NAME    NAME is a full name or a queue id; without it, all queues. 404: no such queue
    POST /resume?queue=NAME
    GET  /faults              the plan in force
    POST /faults              a new plan, e.g. {"duplicate_ratio": 0.3, "shuffle_seconds": 0.5,
                              "lose_answer_ratio": 0.1, "seed": 1}; {} ends them. See `FaultPlan`

Left out: gRPC, App Engine targets, queue-level targets, OAuth tokens, IAM, batches; redirects are
not followed; new queues do not ramp up slowly; back-offs below a second are kept, not truncated.
"""

from infra.local.tasks.faults import FaultPlan
from infra.local.tasks.queue import QueueStats
from infra.local.tasks.server import TasksServer, run_tasks_server

__all__ = ["FaultPlan", "QueueStats", "TasksServer", "run_tasks_server"]
