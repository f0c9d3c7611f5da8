"""The page of rules: what stands on it follows from what is sold, and from what can be erased."""

from dataclasses import replace

import pytest

from shared.miniapp.rules_page import show_rules
from tests.world import World


@pytest.mark.parametrize("contact", ["", "@our_support"])
def test_refunds_only_where_something_is_sold(world: World, contact: str) -> None:
    """Whom to write to about money stands there only where credits are sold."""
    ports = replace(world.app_ports, support_contact=contact)
    html = show_rules(ports, {"language": "en"}, "ru").body.decode()
    assert ("Write to" in html, "@our_support" in html) == (bool(contact), bool(contact))
    assert "Terms" in html


@pytest.mark.parametrize("keys", [(), (b"a key",)])
def test_erasing_is_promised_where_it_is_possible(world: World, keys: tuple[bytes, ...]) -> None:
    """Who reads about privacy without Telegram learns there how to have everything erased."""
    html = show_rules(replace(world.app_ports, erasure_keys=keys), {"language": "en"}, "ru").body.decode()
    assert ("everything about you erased" in html) is bool(keys)
