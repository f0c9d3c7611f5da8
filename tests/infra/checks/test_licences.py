"""Which licences may be installed."""

import pytest

from infra.checks.licences import find_licence_faults, is_allowed, list_packages


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT License",
        "Apache-2.0 OR GPL-3.0-only",
        "MIT AND PSF-2.0",
        "Apache Software License; MIT License",
    ],
)
def test_mild_licence_passes(licence: str) -> None:
    """Licences that ask for no more than a notice, or for their own files, are allowed."""
    assert is_allowed(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0",
        "LGPL-3.0-only",
        "MIT AND GPL-2.0",
        "MIT; GNU General Public License",
        "UNKNOWN",
        "",
    ],
)
def test_other_licence_is_found(licence: str) -> None:
    """A copyleft or unknown licence is one finding."""
    [finding] = find_licence_faults([{"Name": "thing", "Version": "1", "License": licence}])
    assert finding.startswith("thing 1: ")


def test_exception_holds_for_its_licence_only() -> None:
    """A reviewed package whose licence changes is looked at again."""
    package = {"Name": "python-telegram-bot", "Version": "99", "License": "AGPL-3.0"}
    assert list(find_licence_faults([package]))
    assert not list(find_licence_faults([package | {"License": "LGPL-3.0-only"}]))


def test_installed_packages_are_seen() -> None:
    """The list really holds what is installed."""
    assert {"python-telegram-bot", "grpcio", "pytest"} <= {package["Name"] for package in list_packages()}
