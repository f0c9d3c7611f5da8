"""A local Gemini: a real HTTP server that speaks the Gemini REST API for pictures and words to google-genai.

In a test or a bench::

    async with run_gemini(latency_seconds=0.1) as gemini:
        gemini.set_faults(Fault("busy", times=2), Fault("finish", reason="NO_IMAGE", prompt="cat"))
        client = genai.Client(api_key="test", http_options=HttpOptions(base_url=gemini.base_url))
        ...
        assert gemini.calls()[0].store is False

Videos: `interactions` in the background, and the Files API. Its frames show what a video was made of, and its box
`©cmt` tells it (`mp4_writer.read_facts`); it takes `Behaviour.video_seconds`.
Speech: `interactions`. Its sound carries its own text: in Ogg Opus as the comment TRANSCRIPT, in a WAV as ICMT.
Pictures: `generateContent`. Words: the same, and `streamGenerateContent?alt=sse`, at a pace that `Behaviour.text_pace`
scales (0 in tests, 1 for people). A call's record holds the request (`instruction`, `said`), the size of the answer
(`chunks_out`, `tokens_out`), and whether and when the caller closed the connection (`outcome` ABANDONED, `hung_up`).

For a server in another process, JSON in and out:

    GET | POST | DELETE /control/faults      one fault or a list of them, see `faults`
    GET | POST          /control/behaviour   {latency_seconds, jitter, noise, text_pace, video_seconds}, those to change
    GET                 /control/calls       the records, the oldest first, see `calls`
    GET                 /control/interactions   {id, labels} of what is begun and not deleted; Google has no list
    POST                /control/reset       no faults, no calls, the behaviour of the start
"""

from infra.local.gemini.calls import Call
from infra.local.gemini.faults import Fault
from infra.local.gemini.running import Gemini, run_gemini
from infra.local.gemini.service import Behaviour

__all__ = ["Behaviour", "Call", "Fault", "Gemini", "run_gemini"]
