"""A local GitHub: the part of it that releases need, and a Cloud Run whose traffic its workflows move.

In a test::

    async with run_github(releases_url=url) as github:
        run = github.push("v1.1.0")                 # somebody pushes a tag; build-release plays
        await github.wait_until(lambda: run.is_over)
        github.behave(Behaviour(status=503))        # the API is down

    /.well-known/jwks.json                             the keys of the tokens that its workflows' jobs get
    /app/installations/<id>/access_tokens              POST  a token for the App, which proves itself by its key
    /repos/<owner>/<name>/actions/workflows/<file>/dispatches   POST  a workflow is started by the App
    /repos/<owner>/<name>/actions/workflows/<file>/runs         GET   its runs, by their names
    /repos/<owner>/<name>/actions/runs[/<id>]                   GET   all runs, or one
    /repos/<owner>/<name>/commits/<sha>[/pulls], /compare/<base>...<head>, /activity?ref=   GET   who wrote and pushed
    /                                                  the page: push a version, see what the workflows do
    /staging/version, /production/version              what the local Cloud Run serves there

Workflows are played, not run: each makes the same reports to the release API, with the same tokens, as the real one
does, in the order of `play.py`. Between two steps it waits for `pace_seconds`. Refused are: callers without a token,
workflows that there are not, inputs that the workflow does not have, and another repository.

For a server in another process, JSON in and out:

    POST  /control/push        {tag, flaw}: a version is pushed; flaw is "", canary or later, see `Version`
    POST  /control/behaviour   {status, lose, pace_seconds}: see `Behaviour`
    GET   /control/runs        all runs with their steps
"""

from infra.local.github.repository import Behaviour, Repository, Run, Version
from infra.local.github.running import GitHub, run_github

__all__ = ["Behaviour", "GitHub", "Repository", "Run", "Version", "run_github"]
