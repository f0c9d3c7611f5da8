"""The first page after signing in."""

from shared.miniapp.calls import Call, Reply, page
from shared.miniapp.templates import render
from shared.people.user_documents import decode_user, user_key
from shared.people.users import language_of
from shared.ports import AppPorts


async def show_home(ports: AppPorts, call: Call) -> Reply:
    """The person's balance."""
    found = (await ports.store.read([user_key(call.user_id)]))[0]
    user = decode_user(found) if found else None
    language = language_of(user, call.language)
    return page(render("home.html", language, {"credits": user.account.available if user else 0}))
