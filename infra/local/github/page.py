"""The page: what is served, buttons that push a version, and what the workflows did. It shows itself anew."""

from html import escape
from urllib.parse import quote

from infra.local.github.places import WHOLE, Place
from infra.local.github.play import Player
from infra.local.github.repository import Repository, Run

_WORDS = {
    "en": {
        "title": "Local GitHub and Cloud Run",
        "about": "Workflows are played here and report as the real ones do. Push a version, then open the release bot.",
        "staging": "Staging serves",
        "production": "Production serves",
        "nothing": "nothing yet",
        "candidate": "and to {percent} % of the chats",
        "push": "Push {tag}",
        "": "It is good",
        "canary": "It fails in the rollout",
        "later": "It fails once everybody has it",
        "bot": "The release bot, as",
        "1": "Alex",
        "2": "Maria",
        "unwell": "12 % of its answers are errors: go back in the release bot",
        "runs": "Workflows",
        "none": "None has run yet.",
        "running": "runs",
        "success": "done",
        "failure": "failed",
    },
    "ru": {
        "title": "Локальные GitHub и Cloud Run",
        "about": "Процессы здесь разыгрываются и отчитываются как настоящие. Отправьте версию и откройте бота релизов.",
        "staging": "На стенде",
        "production": "У всех",
        "nothing": "пока ничего",
        "candidate": "и {percent} % чатов",
        "push": "Отправить {tag}",
        "": "Хорошая",
        "canary": "Сломается при выкатке",
        "later": "Сломается, когда будет у всех",
        "bot": "Бот релизов, от имени:",
        "1": "Алекс",
        "2": "Мария",
        "unwell": "12 % ответов с ошибкой: откатите в боте релизов",
        "runs": "Процессы",
        "none": "Пока ни один не запускался.",
        "running": "идёт",
        "success": "готово",
        "failure": "не удалось",
    },
}
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="3">
<link rel="icon" href="data:,">
<style>:root{{color-scheme:light dark;--back:#eef1f6;--card:#fff;--ink:#16181d;--quiet:#5b6472;--blue:#2563eb}}
@media (prefers-color-scheme:dark){{
:root{{--back:#10141b;--card:#1b212b;--ink:#eceff4;--quiet:#9aa5b5;--blue:#3b82f6}}}}
body{{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem 1rem;background:var(--back);color:var(--ink)}}
body>*{{max-width:40rem;margin:0 auto 1rem}}a{{color:var(--blue)}}
h1{{font-size:1.4rem}}h2{{font-size:1.1rem}}form,ul{{background:var(--card);border-radius:16px;padding:1rem 1.2rem}}
form h2{{margin:0 0 .6rem}}ul{{list-style:none}}li{{margin:.6rem 0}}
button{{font:inherit;font-weight:600;padding:.6rem 1rem;margin:.2rem .3rem .2rem 0}}
button{{border:0;border-radius:12px;background:var(--blue);color:#fff;cursor:pointer}}
.steps{{color:var(--quiet);font-size:.9rem}}.failure{{color:#dc2626}}.success{{color:#16a34a}}</style>
<h1>{title}</h1><p>{about}</p>
<p>{staging}: <b data-testid="staging">{at_staging}</b><br>
{production}: <b data-testid="production">{at_production}</b></p>
{people}<form method="post"><h2>{push}</h2>{buttons}</form><h2>{runs}</h2><ul>{list}</ul></html>"""
_BUTTON = '<button name="flaw" value="{flaw}" data-testid="push-{name}">{label}</button>'


def show_page(repository: Repository, player: Player, language: str, bot_url: str) -> str:
    """The page as HTML; `bot_url` is the release bot's chat, empty where there is none."""
    words = _WORDS.get(language, _WORDS["en"])
    tag = repository.name_next()
    flaws = ("", "canary", "later")
    return _PAGE.format(
        language=language if language in _WORDS else "en",
        **{name: words[name] for name in ("title", "about", "staging", "production", "runs")},
        push=words["push"].format(tag=escape(tag)),
        at_staging=_name_place(player.staging, words),
        at_production=_name_place(player.production, words) + _tell_trouble(player.production, words),
        people=_link_people(bot_url, language, words) if bot_url else "",
        buttons="".join(_BUTTON.format(flaw=each, name=each or "good", label=words[each]) for each in flaws),
        list="".join(_show_run(run, words) for run in repository.list_runs("")) or f"<li>{words['none']}</li>",
    )


def _link_people(bot_url: str, language: str, words: dict[str, str]) -> str:
    """Two people, because nobody approves alone."""
    query = f"lang={quote(language)}&amp;user="
    links = (f'<a href="{escape(bot_url)}/?{query}{id_}">{words[id_]}</a>' for id_ in ("1", "2"))
    return f"<p>{words['bot']} {' · '.join(links)}</p>"


def _name_place(place: Place, words: dict[str, str]) -> str:
    named = escape(place.stable.tag) if place.stable else words["nothing"]
    if place.candidate is not None:
        named = f"{named}, {escape(place.candidate.tag)} {words['candidate'].format(percent=place.percent)}"
    return named


def _tell_trouble(place: Place, words: dict[str, str]) -> str:
    served = place.served
    is_unwell = served is not None and served.flaw == "later" and place.percent in {0, WHOLE}
    return f" – {words['unwell']}" if is_unwell else ""


def _show_run(run: Run, words: dict[str, str]) -> str:
    state = run.conclusion or "running"
    steps = escape(" → ".join(run.steps))
    return (
        f'<li id="run-{run.id}" data-testid="run"><b>{escape(run.file)}</b> {escape(run.title)}: '
        f'<span class="{state}" data-testid="state">{words[state]}</span><br><span class="steps">{steps}</span></li>'
    )
