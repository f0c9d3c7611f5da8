"""The file of offers: its rules, its texts, its days, and the table of it in docs/offers.md.

    python -m infra.checks.offers            one line for each fault, exit code 1 if there is any
    python -m infra.checks.offers --write    writes the table into the page

No model that is sold may be shut down within the next weeks, so that there is time to choose another:
docs/runbooks/model-gone.md says what to do. The verb `watch-models` reports every night what else is about to change.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from infra.checks.findings import ROOT, exit_with
from infra.deploy.model_changes import find_ending_models
from shared.credits.offers import HearingOffer, Offer, SpeechOffer, TalkOffer, VideoOffer
from shared.credits.purchases import CURRENCIES, STARS, Package
from shared.credits.read_offers import FILE, Offers, read_offers
from shared.errors import OffersError
from shared.providers.ladder import PictureRung, Rung, TextRung, VideoRung

AnyOffer = Offer | VideoOffer | TalkOffer | HearingOffer | SpeechOffer
PAGE = ROOT / "docs" / "offers.md"
BEGIN, END = "<!-- offers: begin, by python -m infra.checks.offers --write -->", "<!-- offers: end -->"
TEXTS = ("ru", "en")


def find_faults(text: str, page: str, today: date, texts: Path = ROOT / "shared" / "texts") -> Iterator[str]:
    """One line for each fault of the file's text or of the page."""
    try:
        offers = read_offers(text)
    except OffersError as error:
        yield f"shared/credits/offers.json: {error}"
        return
    yield from find_ending_models(offers.rungs(), today)
    for language in TEXTS:
        known = (texts / f"{language}.ftl").read_text(encoding="utf-8")
        yield from (f"{language}.ftl: no text {name}" for name in list_texts(offers) if f"\n{name} =" not in known)
    if page != fill_in(page, build_table(offers)):
        yield "docs/offers.md is out of date: python -m infra.checks.offers --write"


def list_texts(offers: Offers) -> list[str]:
    """The ids of the texts that the file names."""
    every = [each.about for each in offers.pictures.values()] + [each.about for each in offers.videos.values()]
    return [*every, offers.answers.about, offers.transcripts.about, offers.speech.about]


def build_table(offers: Offers) -> str:
    """The offers and their models, in Markdown."""
    lines = ["| offer | price in credits | usually | models, the wanted one first |", "|---|---|---|---|"]
    lines += [_describe_pictures(each) for each in offers.pictures.values()]
    for video in offers.videos.values():
        usual = video.rungs[0].usual_seconds
        lines.append(_row(video, f"cost + {offers.rules['video_margin_percent']} %", video.rungs, usual))
    for other in (offers.answers, offers.transcripts, offers.speech):
        lines += [_row(other, f"cost + {offers.rules['answer_margin_percent']} %", other.rungs)]
    lines += ["", "| model | costs, in US dollars | shutdown not before |", "|---|---|---|"]
    for rung in offers.rungs():
        lines.append(f"| `{rung.name}` | {_write_costs(rung)} | {rung.shutdown_on or 'not announced'} |")
    lines += ["", f"| sold | credits | {' | '.join(CURRENCIES)} |", f"|---|---|{'---|' * len(CURRENCIES)}"]
    lines += [_describe_purchase(f"package `{name}`", each) for name, each in offers.packages.items()]
    lines += [
        _describe_purchase(f"subscription `{name}`, each {each.days} days", each)
        for name, each in offers.subscriptions.items()
    ]
    return "\n".join(lines)


def _describe_pictures(offer: Offer) -> str:
    rows = [("", offer.prices), *((f" from {since}", table) for since, table in offer.later_prices)]
    prices = [", ".join(f"{size} {price}" for size, price in table.items()) + since for since, table in rows]
    return _row(offer, "; ".join(prices), offer.rungs, offer.usual_seconds)


def _describe_purchase(title: str, package: Package) -> str:
    """A row; a Star has no smaller unit, the others have a hundred."""
    prices = [f"{package.prices[name] / (1 if name == STARS else 100):g}" for name in CURRENCIES]
    return f"| {title} | {package.credits} | {' | '.join(prices)} |"


def _row(offer: AnyOffer, prices: str, rungs: Sequence[Rung], usual: tuple[int, int] | None = None) -> str:
    seconds = f"{usual[0]}–{usual[1]} s" if usual else ""
    models = ", ".join(f"`{rung.id}`" for rung in rungs)
    return f"| {offer.title} (`{offer.kind}`) | {prices} | {seconds} | {models} |"


def _write_costs(rung: Rung) -> str:
    if isinstance(rung, TextRung):
        rows = [
            f"{p.input_usd_micros / 1e6:g} / {p.output_usd_micros / 1e6:g} from {p.valid_from}" for p in rung.prices
        ]
        return "; ".join(rows) + " (a million tokens in / out)"
    assert isinstance(rung, PictureRung | VideoRung)
    unit = "a picture" if isinstance(rung, PictureRung) else "a second"
    rows = [_write_table(rung.costs_usd_micros)]
    rows += [f"{_write_table(costs)} from {since}" for since, costs in rung.later_costs]
    return f"{'; '.join(rows)} ({unit})"


def _write_table(costs: dict[str, int]) -> str:
    return ", ".join(f"{size} {cost / 1e6:g}" for size, cost in costs.items())


def fill_in(page: str, table: str) -> str:
    """The page with this table between its marks; the page itself if it has none."""
    before, mark, rest = page.partition(BEGIN)
    _, last, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}" if mark and last else f"{page}\n{BEGIN}\n{END}\n"


if __name__ == "__main__":
    source, written = FILE.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(fill_in(written, build_table(read_offers(source))), encoding="utf-8")
    else:
        exit_with(find_faults(source, written, datetime.now(UTC).date()))
