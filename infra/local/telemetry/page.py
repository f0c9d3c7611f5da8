"""The pages: the newest traces with the metrics, and one trace as a waterfall. They show themselves anew."""

from collections.abc import Collection
from datetime import UTC, datetime
from html import escape

from infra.local.telemetry.received import Received, Series, Span, Value
from infra.local.telemetry.waterfall import Row, find_root, list_rows, measure_ms

TRACES_SHOWN = 40
_WORDS = {
    "en": {
        "title": "Traces and metrics",
        "about": "What the running functions have exported by OpenTelemetry, the newest first.",
        "none": "No trace has come yet. Write to the bot.",
        "traces": "Traces",
        "metrics": "Metrics",
        "spans": "{count} spans",
        "back": "All traces",
        "gone": "This trace is not kept any more.",
        "of": "on average, of",
        "other": "Русский",
    },
    "ru": {
        "title": "Трассы и метрики",
        "about": "Что запущенные функции прислали по OpenTelemetry. Новые сверху.",
        "none": "Трасс пока нет. Напишите боту.",
        "traces": "Трассы",
        "metrics": "Метрики",
        "spans": "шагов: {count}",
        "back": "Все трассы",
        "gone": "Этой трассы здесь уже нет.",
        "of": "в среднем, всего",
        "other": "English",
    },
}
_HUES = {
    "webhook": 210,
    "bot": 150,
    "image": 290,
    "chat": 30,
    "video": 340,
    "sweep": 0,
    "api": 180,
    "payments": 60,
    "releases": 255,
}
_STYLE = """:root{color-scheme:light dark;--back:#eef1f6;--card:#fff}
:root{--ink:#16181d;--quiet:#5b6472;--blue:#2563eb;--red:#dc2626}
@media (prefers-color-scheme:dark){:root{--back:#10141b;--card:#1b212b}
:root{--ink:#eceff4;--quiet:#9aa5b5;--blue:#60a5fa;--red:#f87171}}
*{box-sizing:border-box}body{font:15px/1.45 system-ui,sans-serif;margin:0;padding:1.2rem 1rem}
body{background:var(--back);color:var(--ink)}body>*{max-width:64rem;margin:0 auto 1rem}
a{color:var(--blue)}h1{font-size:1.35rem}h2{font-size:1.1rem}small{color:var(--quiet)}.failed{color:var(--red)}
ul{list-style:none;padding:.4rem 1rem;background:var(--card);border-radius:16px}
li{padding:.5rem 0;overflow-wrap:anywhere}li+li{border-top:1px solid var(--back)}.row{padding:.35rem 0}
.bar{position:relative;height:.5rem;border-radius:4px;background:var(--back);margin-top:.2rem}
.bar i{position:absolute;height:100%;border-radius:4px}
.tag{border-radius:6px;padding:0 .4rem;color:#fff;font-size:.8rem}"""
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">{again}<link rel="icon" href="data:,">
<style>{style}</style><h1>{title}</h1>{body}</html>"""
_AGAIN = '<meta http-equiv="refresh" content="3">'


def show_overview(received: Received, language: str) -> str:
    """The newest traces, and all metrics."""
    words = _WORDS[language]
    shown = list(received.traces.values())[: -TRACES_SHOWN - 1 : -1]
    traces = "".join(_show_trace(list(spans.values()), language) for spans in shown)
    metrics = "".join(_show_series(series, value, words) for series, value in received.list_values().items())
    other = next(each for each in _WORDS if each != language)
    none = f"<li>{words['none']}</li>"
    body = (
        f'<p>{words["about"]} <a href="/?lang={other}">{words["other"]}</a></p>'
        f"<h2>{words['traces']}</h2><ul>{traces or none}</ul>"
        f"<h2>{words['metrics']}</h2><ul>{metrics or '<li>–</li>'}</ul>"
    )
    return _PAGE.format(language=language, title=words["title"], again=_AGAIN, style=_STYLE, body=body)


def show_waterfall(spans: Collection[Span], language: str) -> str:
    """One trace; without spans it is gone."""
    words = _WORDS[language]
    back = f'<p><a href="/?lang={language}">← {words["back"]}</a></p>'
    if not spans:
        return _PAGE.format(language=language, title=words["gone"], again="", style=_STYLE, body=back)
    title = (
        f"{escape(find_root(spans).service)} · {measure_ms(spans):.0f} ms · {words['spans'].format(count=len(spans))}"
    )
    rows = "".join(map(_show_row, list_rows(spans)))
    return _PAGE.format(language=language, title=title, again=_AGAIN, style=_STYLE, body=f"{back}<ul>{rows}</ul>")


def read_language(wanted: str) -> str:
    """One that the pages are in."""
    return wanted if wanted in _WORDS else "en"


def _show_trace(spans: Collection[Span], language: str) -> str:
    root = find_root(spans)
    at = datetime.fromtimestamp(root.started_ms / 1000, UTC).strftime("%H:%M:%S")
    services = " ".join(map(_show_service, dict.fromkeys(row.span.service for row in list_rows(spans))))
    failed = ' class="failed"' if any(span.has_failed for span in spans) else ""
    number = _WORDS[language]["spans"].format(count=len(spans))
    return (
        f'<li data-testid="trace"><a{failed} href="/traces/{escape(root.trace_id)}?lang={language}">'
        f"{at} · {measure_ms(spans):.0f} ms</a> <small>{number}</small><br>{services}</li>"
    )


def _show_row(row: Row) -> str:
    span = row.span
    hidden = {"http.request.method", "rpc.system.name", "db.system.name", "messaging.system"}
    named = span.name.split()
    told = {name: value for name, value in span.attributes.items() if name not in hidden and value not in named}
    about = ", ".join(f"{name}={value}" for name, value in told.items())
    failed = ' class="failed"' if span.has_failed else ""
    bar = f'<i style="left:{row.left:.2f}%;width:{row.width:.2f}%;background:{_colour(span.service)}"></i>'
    return (
        f'<li class="row" data-testid="span"><div style="padding-left:{min(row.depth, 12) * 0.7:.1f}rem">'
        f"{_show_service(span.service)} <b{failed}>{escape(span.name)}</b> {span.ended_ms - span.started_ms:.1f} ms "
        f'<small>{escape(about)}</small></div><div class="bar">{bar}</div></li>'
    )


def _show_service(name: str) -> str:
    return f'<span class="tag" style="background:{_colour(name)}">{escape(name)}</span>'


def _colour(service: str) -> str:
    return f"hsl({_HUES.get(service, 240)} 55% 42%)"


def _show_series(series: Series, value: Value, words: dict[str, str]) -> str:
    name, service, labels = series
    about = ", ".join(f"{label}={said}" for label, said in labels)
    unit = escape(value.unit.strip("{}"))
    if value.count is None:
        number = f"{value.total:g} {unit}"
    else:
        number = f"{value.total / max(value.count, 1):.3g} {unit} {words['of']} {value.count}"
    return f"<li>{_show_service(service)} <b>{escape(name)}</b> {number}<br><small>{escape(about)}</small></li>"
