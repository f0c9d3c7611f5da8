"""The page that everybody gets: it holds nothing of anybody, signs in, and then loads everything else."""

from shared.miniapp.calls import Reply, page
from shared.miniapp.templates import render
from shared.people.users import Language, language_of


def show_shell(accept_language: str) -> Reply:
    """The shell, in the language that the browser prefers until the person is known."""
    return page(render("shell.html", read_preferred(accept_language)))


def read_preferred(accept_language: str) -> Language:
    """The language of ours that the header `Accept-Language` suggests: its first."""
    return language_of(None, accept_language.partition(",")[0].partition(";")[0].strip())
