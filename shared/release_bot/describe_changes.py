"""What a release brings to production, in words: merged pull requests, and what to look at twice. Pure."""

from collections.abc import Iterator, Mapping

from shared.people.users import Language
from shared.release_bot.names import NAME_CHARACTERS_MAX
from shared.releases.changes import Risk
from shared.releases.release import Release
from shared.texts import html_text, plain_text, shorten

PULLS_SHOWN_MAX = 6
RISK_TEXTS: Mapping[str, str] = {
    Risk.SCHEMA.value: "release-risk-schema",
    Risk.INFRASTRUCTURE.value: "release-risk-infrastructure",
    Risk.DEPENDENCIES.value: "release-risk-dependencies",
    Risk.SIZE.value: "release-risk-size",
}
"""What a later release adds is shown by its stored name."""


def describe_changes(language: Language, release: Release) -> Iterator[str]:
    """Lines in Telegram HTML; none where GitHub named nothing."""
    if release.pulls:
        yield html_text(language, "release-pulls", number=len(release.pulls))
    for pull in release.pulls[:PULLS_SHOWN_MAX]:
        title = shorten(pull.title, NAME_CHARACTERS_MAX)
        yield html_text(language, "release-pull", number=str(pull.number), title=title)
    if more := len(release.pulls[PULLS_SHOWN_MAX:]):
        yield html_text(language, "release-pulls-more", number=str(more))
    if release.risks:
        names = [plain_text(language, RISK_TEXTS[each]) if each in RISK_TEXTS else each for each in release.risks]
        yield html_text(language, "release-risks", risks=", ".join(names))
