"""The page that everybody gets: it holds nothing of anybody, signs in, and then loads everything else."""

from shared.miniapp.calls import Reply, page
from shared.miniapp.templates import render
from shared.people.users import language_of


def show_shell(accept_language: str) -> Reply:
    """The shell, in the language that the browser prefers until the person is known."""
    preferred = accept_language.partition(",")[0].partition(";")[0].strip()
    return page(render("shell.html", language_of(None, preferred)))
