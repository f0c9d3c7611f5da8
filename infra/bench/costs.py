"""Computes the monthly costs, quantities × prices, for the table in docs/deploy.md.

    python -m infra.bench.costs            writes the table into the page
    python -m infra.bench.costs --check    exit code 1 if the page's table differs

Prices are in infra/bench/prices.json, what the bench counts is in infra/bench/counts.py, every other assumption about a
picture is in `USE`. Amounts are US dollars a month.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from math import exp
from pathlib import Path

from infra.bench.counts import READS_MAX, WRITES_MAX

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deploy.md"
PRICES = Path(__file__).with_name("prices.json")
BEGIN, END = "<!-- costs: begin, by python -m infra.bench.costs -->", "<!-- costs: end -->"

DAYS = 30
DAY_SECONDS = 86_400
MONTH_SECONDS = DAYS * DAY_SECONDS
SCALES = (0, 1_000, 100_000)
KEY_VERSIONS = 6
"""A year after the start: the key that attests images, and of the key of people's words a new version every 90 days."""
MIB_PER_GIB = 1_024
GIB_PER_TIB = 1_024
MIB_PER_MB = 1e6 / 2**20

Prices = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Function:
    """One function's part in a picture."""

    calls: int
    """Requests for each picture."""
    seconds: float
    """Of each, rounded up to the 0.1 s that are billed."""
    gib: float
    warm: int
    """Instances that are kept running without requests."""

    def count_active(self, scale: float, together: int) -> float:
        """Instances with a request in them, on average, where `together` requests share one.

        Requests come independently: an instance is without one for exp(-load) of the time.
        """
        load = scale * self.calls * self.seconds / DAY_SECONDS
        return max(1 - exp(-load), load / together)


@dataclass(frozen=True)
class Use:
    """What one picture uses, and what exists even without pictures."""

    webhook: Function = Function(calls=3, seconds=0.1, gib=0.5, warm=1)
    bot: Function = Function(calls=3, seconds=0.2, gib=0.5, warm=1)
    image: Function = Function(calls=1, seconds=15.0, gib=2.0, warm=0)
    together: int = 16
    """Requests that share an instance. 24 would fit (60 % of a concurrency of 40), but the load varies over the day."""
    instance_billing_from: int = 10_000
    """Pictures a day from which `image` is billed by the instance (instance_billing in its environment's main.tf)."""
    reads: int = READS_MAX
    writes: int = WRITES_MAX
    deletes: int = 4
    task_calls: int = 8
    files: int = 1
    stored_mb: float = 1.5
    standard_days: int = 3
    kept_days: int = 97
    """With the week of soft delete."""
    cold_reads: float = 0.06
    """Old pictures that are edited or wanted as a file, per picture."""
    preview_mb: float = 0.17
    """A JPEG of quality 80 has 11.3 % of the PNG's bytes, on the average of nine photographs."""
    originals: float = 0.05
    """Pictures that are sent as a file too, per picture."""
    words_mb: float = 0.01
    """All other bytes sent to Telegram."""
    log_kib: float = 15
    document_kib: float = 3.9
    """The documents of a picture and their index entries, by Firestore's rules of size: a job 1.7 and 0.75, two
    transfers 0.6 and 0.5, three inbox marks of 0.3 for 35 of the 90 days."""
    pitr_share: float = 0.67
    backups: int = 21
    distributions: int = 24
    """Series of our own metrics (terraform/modules/observability/metrics.tf) that get a point in every minute, one for
    each combination of labels. Distributions: 4 request_ms, 2 waited_ms, 8 model_ms, 6 cost_usd_micros, 4 credits."""
    counters: int = 27
    """8 requests, 8 jobs, 6 declines, 5 attempts_failed."""
    releases: float = 1.25
    """Each release has series of its own; a quarter of the time there are two."""


@dataclass(frozen=True)
class Row:
    """One service: what it is paid by, and what it comes to at each of SCALES."""

    name: str
    price: str
    amounts: tuple[float, ...]


USE = Use()


def build_rows(prices: Prices, use: Use = USE) -> list[Row]:
    """All services except the model."""
    base, storage, traffic = (prices[name] for name in ("firestore", "storage", "traffic"))

    def row(name: str, price: str, amounts: list[float]) -> Row:
        return Row(name, price, tuple(amounts))

    months = [scale * DAYS for scale in SCALES]
    return [
        *_build_run_rows(prices["cloud_run"], use),
        *(
            row(f"Firestore, {kind}s", f"{_per_million(base[price], kind + 's')}, {count} a picture",
                [above(scale * count, base[f"free_{free}_a_day"]) * DAYS * base[price] for scale in SCALES])
            for kind, price, free, count in (
                ("read", "read", "reads", use.reads),
                ("write", "write", "writes", use.writes),
                ("TTL delete", "ttl_delete", "deletes", use.deletes),
            )
        ),
        row("Firestore, stored", f"data ${base['gib_month']}, PITR ${base['pitr_gib_month']}, backups "
            f"${base['backup_gib_month']} per GiB", [_store_documents(base, use, scale) for scale in SCALES]),
        row("Cloud Tasks", _per_million(prices["tasks"]["call"], "calls"),
            [above(each * use.task_calls, prices["tasks"]["free_calls"]) * prices["tasks"]["call"] for each in months]),
        row("Cloud Storage, kept", f"${storage['standard_gib_month']}/GiB for {use.standard_days} days, then "
            f"${storage['coldline_gib_month']}", [_keep_pictures(storage, use, scale) for scale in SCALES]),
        row("Cloud Storage, operations", f"${storage['standard_write'] * 1e6:g}/M writes, "
            f"${storage['coldline_transition'] * 1e6:g}/M moves",
            [each * _handle_files(storage, use) for each in months]),
        row("Traffic to Telegram", f"${traffic['gib']}/GiB, from 1 TiB ${traffic['gib_above_1_tib']}",
            [_send(traffic, each * _count_sent_mb(use) * MIB_PER_MB / MIB_PER_GIB) for each in months]),
        row("Logs", f"${prices['logs']['gib']}/GiB after {prices['logs']['free_gib']:g}",
            [above(each * use.log_kib / 2**20, prices["logs"]["free_gib"]) * prices["logs"]["gib"] for each in months]),
        row("Monitoring", f"conditions, series read; own metrics ${prices['monitoring']['mib']}/MiB after "
            f"{prices['monitoring']['free_mib']:g}",
            [prices["monitoring"]["fixed"] + _measure(prices["monitoring"], use) * bool(scale) for scale in SCALES]),
        row("Registry, secrets, scheduler", f"beyond what is free; {KEY_VERSIONS} versions of keys of Cloud KMS, "
            f"each ${prices['rest']['key']}",
            [prices["rest"]["fixed"] + prices["rest"]["key"] * KEY_VERSIONS] * len(SCALES)),
    ]  # fmt: skip


def _build_run_rows(run: dict[str, float], use: Use) -> list[Row]:
    """Cloud Run: billed by the second and request, or, above some load, by the instance's lifetime."""
    idle, cpu, memory, requests = zip(*(_bill_run(run, use, scale) for scale in SCALES), strict=True)
    by = f"from {use.instance_billing_from:,} pictures a day `image`"
    warm = sum(each.warm for each in (use.webhook, use.bot, use.image))
    cpu_price, gib_price = _per_million(run["vcpu_second"], "vCPU-s"), _per_million(run["gib_second"], "GiB-s")
    return [
        Row("Warm instances", f"{warm} of 1 vCPU and 0.5 GiB, while idle", idle),
        Row("Cloud Run, CPU", f"{cpu_price}, {by} ${run['instance_vcpu_second'] * 1e6:g}", cpu),
        Row("Cloud Run, memory", f"{gib_price}, {by} ${run['instance_gib_second'] * 1e6:g}", memory),
        Row("Cloud Run, requests", f"{_per_million(run['request'], 'requests')}, {by} none", requests),
    ]


def _bill_run(run: dict[str, float], use: Use, scale: int) -> tuple[float, float, float, float]:
    """Idle instances, CPU, memory, requests."""
    by_instance = {use.image} if scale >= use.instance_billing_from else set()
    active = {each: each.count_active(scale, use.together) for each in {use.webhook, use.bot, use.image} - by_instance}
    existing = {each: max(1.0, each.count_active(scale, use.together)) for each in by_instance}
    idle = sum(
        above(each.warm, count) * (run["idle_vcpu_second"] + each.gib * run["idle_gib_second"])
        for each, count in active.items()
    )
    cpu_seconds = MONTH_SECONDS * sum(active.values())
    gib_seconds = MONTH_SECONDS * sum(each.gib * count for each, count in active.items())
    kept_gib = sum(each.gib * count for each, count in existing.items())
    return (
        MONTH_SECONDS * idle,
        above(cpu_seconds, run["free_vcpu_seconds"]) * run["vcpu_second"]
        + MONTH_SECONDS * sum(existing.values()) * run["instance_vcpu_second"],
        above(gib_seconds, run["free_gib_seconds"]) * run["gib_second"]
        + MONTH_SECONDS * kept_gib * run["instance_gib_second"],
        above(scale * DAYS * sum(each.calls for each in active), run["free_requests"]) * run["request"],
    )


def _measure(monitoring: dict[str, float], use: Use) -> float:
    """Our own metrics: a point a minute for each active series."""
    point_bytes = use.distributions * monitoring["distribution_bytes"] + use.counters * monitoring["counter_bytes"]
    mib = use.releases * MONTH_SECONDS / 60 * point_bytes / 2**20
    return above(mib, monitoring["free_mib"]) * monitoring["mib"]


def above(amount: float, free: float) -> float:
    """The amount above the free allowance."""
    return max(0.0, amount - free)


def build_table(prices: Prices, use: Use = USE) -> str:
    """Markdown."""
    rows = build_rows(prices, use)
    sums = _add_up(rows)
    in_two_regions = {**prices, "firestore": {**prices["firestore"], **prices["firestore_eur3"]}}
    models = [scale * DAYS * prices["model"]["picture"] for scale in SCALES]
    lines = [
        "| | price | " + " | ".join(f"{scale:,}" for scale in SCALES) + " |",
        "|---|---|" + "--:|" * len(SCALES),
        *(_line(row.name, row.price, row.amounts) for row in rows),
        _line("**Everything but the model**", "", sums),
        _line_of_each("**… per 1,000 pictures**", sums),
        _line_of_each("… with the database in `eur3`", _add_up(build_rows(in_two_regions, use))),
        _line("The model", f"${prices['model']['picture']} per picture of 1K", models),
    ]
    return "\n".join(lines)


def _line(name: str, price: str, amounts: tuple[float, ...] | list[float]) -> str:
    return f"| {name} | {price} | " + " | ".join(f"{amount:,.1f}" for amount in amounts) + " |"


def _add_up(rows: list[Row]) -> list[float]:
    return [sum(row.amounts[at] for row in rows) for at in range(len(SCALES))]


def _line_of_each(name: str, sums: list[float]) -> str:
    each = [f"${amount / (scale * DAYS) * 1_000:.3f}" for scale, amount in zip(SCALES, sums, strict=True) if scale]
    return f"| {name} | | | {' | '.join(each)} |"


def _per_million(price: float, unit: str) -> str:
    return f"${price * 1e6:g}/M {unit}"


def _store_documents(base: dict[str, float], use: Use, scale: int) -> float:
    """Jobs are kept for 90 days. Transfers are kept forever, but only their first 90 days are counted here."""
    gib = scale * 90 * use.document_kib / 2**20
    data = above(gib, base["free_gib"]) * base["gib_month"]
    return data + gib * (use.pitr_share * base["pitr_gib_month"] + use.backups * base["backup_gib_month"])


def _keep_pictures(storage: dict[str, float], use: Use, scale: int) -> float:
    gib_a_day = scale * use.stored_mb * MIB_PER_MB / MIB_PER_GIB
    cold = (use.kept_days - use.standard_days) * storage["coldline_gib_month"]
    return gib_a_day * (use.standard_days * storage["standard_gib_month"] + cold)


def _handle_files(storage: dict[str, float], use: Use) -> float:
    """One picture's operations and retrievals."""
    again = storage["coldline_read"] + use.stored_mb * MIB_PER_MB / MIB_PER_GIB * storage["coldline_read_gib"]
    return use.files * (storage["standard_write"] + storage["coldline_transition"]) + use.cold_reads * again


def _count_sent_mb(use: Use) -> float:
    return use.preview_mb + use.originals * use.stored_mb + use.words_mb


def _send(traffic: dict[str, float], gib: float) -> float:
    return min(gib, GIB_PER_TIB) * traffic["gib"] + above(gib, GIB_PER_TIB) * traffic["gib_above_1_tib"]


def read_prices(path: Path = PRICES) -> Prices:
    """The prices, without the day they were read on."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: amounts for name, amounts in found.items() if isinstance(amounts, dict)}


def fill_in(page: str, table: str, begin: str = BEGIN, end: str = END) -> str:
    """The page with this table between its marks. Raises ValueError if the marks are missing."""
    before, mark, rest = page.partition(begin)
    _, last, after = rest.partition(end)
    if not mark or not last:
        raise ValueError("the page has no place for the table")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Compute what a month costs.")
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    page = PAGE.read_text(encoding="utf-8")
    wanted = fill_in(page, build_table(read_prices()))
    if parser.parse_args().check:
        if page != wanted:
            print("docs/deploy.md: the table of costs is not what is computed: python -m infra.bench.costs")
        return int(page != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
