"""The file of offers: a fault is found before anything starts, and its place is named."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from shared.credits.read_fields import read
from shared.credits.read_offers import FILE, Offers, read_offers
from shared.errors import OffersError

TEXT = FILE.read_text(encoding="utf-8")
Change = Callable[[dict[str, Any]], Any]


def read_changed(change: Change) -> Offers:
    given = json.loads(TEXT)
    change(given)
    return read_offers(json.dumps(given))


def put(path: str, value: Any) -> Change:
    """A change of one place, such as `rules.daily_credits`; lists by number."""
    *way, last = path.split("/")

    def change(given: Any) -> None:
        for step in way:
            given = given[int(step) if isinstance(given, list) else step]
        given[last] = value

    return change


def leave_out(path: str) -> Change:
    *way, last = path.split("/")

    def change(given: Any) -> None:
        for step in way:
            given = given[int(step) if isinstance(given, list) else step]
        del given[int(last) if isinstance(given, list) else last]

    return change


BACKWARDS = {"name": "X", "percent": 5, "valid_from": "2027-02-02", "valid_until": "2027-02-01"}
ROW = {"valid_from": "2027-02-01", "credits": {"1K": 4, "2K": 6, "4K": 10}}
FAST, PRO = "pictures/fast", "picture_models/nano-banana-pro"
BANANA = "picture_models/nano-banana/costs/0/usd_micros"


def test_a_campaign_ends_after_it_begins() -> None:
    """A campaign of a week has no fault."""
    read_changed(put("growth/campaigns", [BACKWARDS | {"valid_until": "2027-02-08"}]))


WEEK = {"name": "W", "percent": 10, "credits_max": 50, "valid_from": "2027-02-01", "valid_until": "2027-02-08"}
LATER = {"name": "L", "percent": 50, "credits_max": 50, "valid_from": "2027-02-09", "valid_until": "2027-02-09"}


def test_cashback_of_a_week() -> None:
    """Two campaigns one after the other have no fault, and each day has its own."""
    growth = read_changed(put("growth/cashback", [WEEK, LATER])).growth
    days = (date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 8), date(2027, 2, 9), date(2027, 2, 10))
    found = [growth.cashback_on(day) for day in days]
    assert [each and each.name for each in found] == [None, "W", "W", "L", None]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("growth/cashback", [WEEK | {"valid_until": "2027-01-01"}]), "growth.cashback[0]: ends before it begins"),
        (put("growth/cashback", [WEEK | {"percent": 0}]), "growth.cashback[0].percent: not 1 to 50"),
        (put("growth/cashback", [WEEK | {"percent": 51}]), "growth.cashback[0].percent: not 1 to 50"),
        (put("growth/cashback", [WEEK, LATER | {"name": "W"}]), "growth.cashback[1].name: there twice"),
        (put("growth/cashback", [LATER, WEEK | {"valid_until": "2027-02-09"}]), "growth.cashback[1]: its days are"),
        (put("coupons", {}), "coupons: unknown; there are answers, "),
        (leave_out("speech"), "speech: missing"),
        (put("answers", []), "answers: list instead of dict"),
        (
            put("growth/campaigns", [BACKWARDS]),
            "growth.campaigns[0]: ends before it begins",
        ),
        (put("growth/inviter_credits", 0), "growth.inviter_credits: 0 is not plausible"),
        (put(f"{FAST}/colour", "blue"), "pictures.fast.colour: unknown; there are about, kind, "),
        (leave_out(f"{FAST}/title"), "pictures.fast.title: missing"),
        (put(f"{FAST}/title", ""), "pictures.fast.title: empty"),
        (put(f"{FAST}/title", 7), "pictures.fast.title: int instead of str"),
        (put("pictures/cheap", {}), "pictures.cheap: unknown; there are best, dream, fast, gpt"),
        (leave_out("pictures/best"), "pictures.best: missing"),
        (put(f"{FAST}/rungs", ["nana"]), "pictures.fast.rungs.nana: unknown; there are gpt-image, nano-banana, "),
        (put(f"{FAST}/rungs", []), "pictures.fast.rungs: empty or missing"),
        (put(f"{FAST}/rungs", ["nano-banana", "nano-banana"]), "pictures.fast.rungs: an entry is there twice"),
        (put(f"{FAST}/prices", []), "pictures.fast.prices: empty or missing"),
        (put(f"{FAST}/prices/0/credits", {}), "pictures.fast.prices[0].credits: empty"),
        (put(f"{FAST}/prices/0/credits/8K", 40), "pictures.fast.prices[0].credits.8K: '8K' instead of one of 1K, "),
        (leave_out(f"{FAST}/prices/0/credits/4K"), "pictures.fast.prices[0].credits: 4K has no price"),
        (put(f"{FAST}/prices/0/credits/2K", 3), "pictures.fast.prices[0].credits: a larger picture is cheaper"),
        (put(f"{FAST}/prices/0/credits/1K", 0), "pictures.fast.prices[0].credits.1K: 0 is not plausible: 1 to "),
        (put(f"{FAST}/prices/0/credits/1K", True), "pictures.fast.prices[0].credits.1K: bool instead of int"),
        (put(f"{FAST}/prices/0/valid_from", "1.1.2027"), "valid_from: '1.1.2027' instead of a date such as "),
        (put(f"{FAST}/prices", [ROW, ROW]), "pictures.fast.prices: valid_from does not rise from row to row"),
        (put(f"{FAST}/prices/0/credits/1K", 3), "pictures.fast.prices: 1K earns $0.030 and costs $0.034"),
        (put(f"{FAST}/usual_seconds", [5]), "pictures.fast.usual_seconds: 1 entries instead of 2"),
        (put(f"{FAST}/usual_seconds", [9, 9]), "pictures.fast.usual_seconds: from 9 to 9"),
        (put(f"{FAST}/ratios", ["5:1"]), "pictures.fast.ratios[0]: '5:1' instead of one of 1:1, "),
        (put(f"{FAST}/ratios", [{}]), "pictures.fast.ratios[0]: {} instead of one of 1:1, "),
        (put("pictures/best/ratios", ["8:1"]), "pictures.best.ratios: gemini/gemini-3-pro-image cannot make 8:1"),
        (leave_out(f"{PRO}/costs/0/usd_micros/4K"), "pictures.best: gemini/gemini-3-pro-image cannot make 4K"),
        (put(f"{BANANA}/1K", 0.0336), "nano-banana.costs[0].usd_micros.1K: float instead of int"),
        (put(f"{BANANA}/1K", 3), "nano-banana.costs[0].usd_micros.1K: 3 is not plausible: 100 to 100000000 millionths"),
        (leave_out("picture_models/nano-banana/costs"), "picture_models.nano-banana.costs: empty or missing"),
        (put(f"{PRO}/shutdown_on", "soon"), "nano-banana-pro.shutdown_on: 'soon' instead of a date"),
        (put(f"{PRO}/id", "gemini-nano-banana-2.1"), "gemini/gemini-nano-banana-2.1: there twice"),
        (put("speech/rungs", ["flash-tts"]), "gemini/gemini-3.8-flash-lite-tts: no offer uses this model"),
        (put("text_models/flash/prices/1/valid_from", "2026-01-01"), "text_models.flash.prices: valid_from does"),
        (put("videos/omni/seconds", [4, 20]), "videos.omni.seconds: gemini/gemini-omni-1.2-flash cannot make 20"),
        (put("videos/omni/resolutions", ["4k"]), "videos.omni.resolutions: gemini/gemini-omni-1.2-flash cannot make"),
        (leave_out("video_models/omni/references_max"), "omni-1.2-flash.works: reference without its limits"),
        (leave_out("video_models/omni/clip_seconds"), "omni-1.2-flash.works: edit without its limits"),
        (leave_out("video_models/omni/whole_seconds_max"), "omni-1.2-flash.works: extend without its limits"),
        (put("video_models/omni/added_seconds_max", 3), "videos.omni.seconds: none can be added by gemini/"),
        (put("answers/thinking", "hard"), "answers.thinking: 'hard' instead of one of "),
        (leave_out("currencies/EUR"), "currencies: EUR missing"),
        (put("currencies/GBP", {}), "currencies.GBP: 'GBP' instead of one of XTR, RUB, USD, EUR"),
        (put("currencies/USD/rate_as_of", "today"), "currencies.USD.rate_as_of: 'today' instead of a date"),
        (put("currencies/RUB/unit_usd_micros", 60), "currencies.RUB.unit_usd_micros: 60 is not plausible: 100 to "),
        (leave_out("packages/s/prices/EUR"), "packages.s.prices.EUR: no price"),
        (put("packages/s/prices/XTR", 0), "packages.s.prices.XTR: no price"),
        (put("packages/s/prices/XTR", 46), "packages.s.prices.XTR: brings $0.60 for credits worth $0.60"),
        (put("packages/s/credits", 0), "packages.s.credits: 0 is not plausible: 1 to 10000 credits"),
        (put("packages/xl/prices/XTR", 25_001), "packages.xl.prices.XTR: more than Telegram's 25000"),
        (put("packages/m/prices/USD", 600), "packages.m.prices.USD: a credit is dearer than in the smaller one"),
        (put("packages/s/credits", 64), "packages.m.prices.XTR: a credit is dearer than in the smaller one"),
        (put("packages/m/credits", 60), "packages.m.credits: not more than in the one before"),
        (leave_out("subscriptions/plus/prices/XTR"), "subscriptions.plus.prices.XTR: no price"),
        (put("subscriptions/plus/prices/XTR", 230), "subscriptions.plus.prices.XTR: brings $2.99 for credits worth"),
        (put("subscriptions/pro/prices/XTR", 10_001), "subscriptions.pro.prices.XTR: more than Telegram's 10000"),
        (put("subscriptions/plus/days", 31), "subscriptions.plus.days: Telegram knows only 30"),
        (put("rules/video_margin_percent", 900), "rules.video_margin_percent: 900 is not plausible: 0 to 500 per cent"),
    ],
)  # fmt: skip
def test_a_fault_is_named(change: Change, words: str) -> None:
    """Whatever is wrong, the message begins with its place and says what was expected."""
    with pytest.raises(OffersError) as refused:
        read_changed(change)
    assert words in str(refused.value)


def test_no_json() -> None:
    """A file that is no JSON, no object, or says one thing twice is refused."""
    for text, words in (("{", "not JSON"), ("[]", "not an object"), ('{"a": 1, "a": 2}', "a: there twice")):
        with pytest.raises(OffersError, match=words):
            read_offers(text)


def test_notes_are_for_people() -> None:
    """A note may stand in every object and changes nothing."""
    given = json.loads(TEXT)
    given["pictures"]["fast"]["note"] = "what everybody begins with"
    assert read_offers(json.dumps(given)) == read_offers(TEXT)


def test_a_loss_that_begins_later() -> None:
    """A cost that will pass the price on some day is refused until the price changes with it."""
    given = json.loads(TEXT)
    model, offer = given["picture_models"]["nano-banana"], given["pictures"]["fast"]
    model["costs"].append({"valid_from": "2027-02-01", "usd_micros": {"1K": 67200, "2K": 100800, "4K": 151200}})
    with pytest.raises(OffersError, match=r"1K earns \$0\.040 and costs \$0\.067 from 2027-02-01 on"):
        read_offers(json.dumps(given))
    offer["prices"].append({"valid_from": "2027-02-01", "credits": {"1K": 7, "2K": 11, "4K": 16}})
    sold = read_offers(json.dumps(given)).pictures["fast"]
    assert [sold.prices_on(date(2027, month, 1))["1K"] for month in (1, 2, 3)] == [4, 7, 7]


@dataclass(frozen=True)
class Thing:
    speed: float
    names: frozenset[str]
    until: date | None = None


def test_types() -> None:
    """Sets, fractions, dates and what may be missing are read as their types say."""
    assert read(Thing, {"speed": 2, "names": ["a"]}, "thing") == Thing(2.0, frozenset({"a"}))
    given = {"speed": 2.5, "names": ["a"], "until": "2027-01-31"}
    assert read(Thing, given, "thing") == Thing(2.5, frozenset({"a"}), date(2027, 1, 31))
    assert read(Thing, given | {"until": None}, "thing") == Thing(2.5, frozenset({"a"}))
