"""A local fal: a real HTTP server that speaks to fal-client as fal.run, queue.fal.run, api.fal.ai and its files do.

It tells these apart by the header `Host`, so a client only has to connect here. In a test::

    async with run_fal() as fal:
        fal.set_faults(Fault("busy", times=2), Fault("blocked", prompt="cat"))
        ...
        assert fal.calls()[0].arguments["prompt"] == "a red fox"

    fal.run           POST /<endpoint>                     a picture, in the answer or as a file
    queue.fal.run     POST /<endpoint>                     a request: IN_QUEUE ─▶ IN_PROGRESS ─▶ COMPLETED
                      GET  /<app>/requests/<id>[/status]   its result, or the model's error; its state
                      PUT  /<app>/requests/<id>/cancel
    api.fal.ai        DELETE /v1/models/requests/<id>/payloads    with an admin key
    v3b.fal.media     GET  /files/b/<name>                 without a key: one that is sent is refused

A key with `invalid` in it is refused, one with `no-admin` may not delete. Fields that a model does not have are refused
too, where fal would ignore them. Pictures and videos are drawn as the local Gemini draws them.

For a server in another process, JSON in and out:

    GET | POST | DELETE /control/faults      one fault or a list of them, see `faults`
    GET | POST          /control/behaviour   {latency_seconds, video_seconds, queue_seconds}, those to change
    GET                 /control/calls       the records, the oldest first, see `calls`
"""

from infra.local.fal.calls import Call
from infra.local.fal.faults import Fault
from infra.local.fal.running import Fal, run_fal
from infra.local.fal.service import Behaviour

__all__ = ["Behaviour", "Call", "Fal", "Fault", "run_fal"]
