"""What a web search usually costs, in words: made from the file of offers wherever a person reads it. Pure."""

from shared.credits.catalogue import usual_search_credits
from shared.people.users import Language
from shared.providers.price_day import price_day
from shared.texts import plain_text


def write_search_price(language: Language) -> str:
    """Such as "3–4 credits", on the day of the update that is being handled."""
    least, most = usual_search_credits(price_day())
    written = f"{least}–{most}" if least < most else str(most)
    return plain_text(language, "search-usual", range=written, credits=most)
