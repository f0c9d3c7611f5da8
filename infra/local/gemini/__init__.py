"""A local Gemini: a real HTTP server that speaks the image part of the Gemini REST API to google-genai.

In a test or a bench::

    async with run_gemini(latency_seconds=0.1) as gemini:
        gemini.set_faults(Fault("busy", times=2), Fault("finish", reason="NO_IMAGE", prompt="cat"))
        client = genai.Client(api_key="test", http_options=HttpOptions(base_url=gemini.base_url))
        ...
        assert gemini.calls()[0].store is False
"""

from infra.local.gemini.calls import Call
from infra.local.gemini.faults import Fault
from infra.local.gemini.running import Gemini, run_gemini
from infra.local.gemini.service import Behaviour

__all__ = ["Behaviour", "Call", "Fault", "Gemini", "run_gemini"]
