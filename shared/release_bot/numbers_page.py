"""The numbers of a team: how often, how fast, how safely. Pure."""

from datetime import timedelta

from shared.people.users import Language
from shared.ports import Screen
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import write_decimal, write_duration
from shared.releases.measure_releases import PERIOD, Numbers
from shared.texts import html_text


def make_numbers_page(language: Language, numbers: Numbers) -> Screen:
    """Five lines; what could not be measured is a dash."""
    percent = "—" if numbers.failure_percent is None else f"{numbers.failure_percent:.0f}\N{NO-BREAK SPACE}%"
    a_week = write_decimal(language, f"{numbers.deployments_a_week:.1f}")
    lines = [
        html_text(language, "release-numbers-title", days=str(PERIOD.days)),
        "",
        html_text(language, "release-numbers-deployments", number=str(numbers.deployments), week=a_week),
        html_text(language, "release-numbers-lead", lasted=_write(language, numbers.lead_time)),
        html_text(language, "release-numbers-failures", percent=percent),
        html_text(language, "release-numbers-restore", lasted=_write(language, numbers.restore_time)),
        html_text(language, "release-numbers-approval", lasted=_write(language, numbers.approval_time)),
    ]
    return Screen("\n".join(lines), (make_menu_row(language),))


def _write(language: Language, lasted: timedelta | None) -> str:
    return "—" if lasted is None else write_duration(language, lasted)
