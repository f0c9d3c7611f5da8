"""The pages of the Mini App: every address beyond its shell, and the handler behind it.

Whoever is answered from here has signed in. A handler looks objects up by `Call.user_id`, or checks their owner;
`tests/functions/test_api_owners.py` asks each of these addresses for what belongs to somebody else.
"""

from shared.miniapp.home import show_home
from shared.miniapp.routes import Route

ROUTES: tuple[Route, ...] = (Route("GET", "/home", show_home),)
