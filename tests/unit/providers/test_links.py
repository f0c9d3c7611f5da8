"""Which addresses are fetched: those of public servers alone, whatever a person or a redirect writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.providers.files import FileKind
from shared.providers.links import find_address, is_public, kind_of_content, read_address


@pytest.mark.parametrize(
    ("written", "fetched"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/a%20b?x=1&y=2#part", "https://example.com/a%20b?x=1&y=2"),
        ("https://пример.рф/кот.jpg", "https://xn--e1afmkfd.xn--p1ai/%D0%BA%D0%BE%D1%82.jpg"),
        ('https://a.b-c.example.org/"<x>', "https://a.b-c.example.org/%22%3Cx%3E"),
    ],
)
def test_plain_addresses(written: str, fetched: str) -> None:
    """An https address of a named server is fetched, in ASCII."""
    assert str(read_address(written)) == fetched


@pytest.mark.parametrize(
    "written",
    [
        "http://example.com", "ftp://example.com", "file:///etc/passwd", "example.com", "https://", "https://example",
        "https://example.com:8443/", "https://example.com:99999/", "https://user@example.com/",
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://[::1",
        "https://169.254.169.254/computeMetadata/v1/", "https://metadata.google.internal/", "https://printer.local/",
        "https://localhost/", "https://-a.example.com/", "https://a..example.com/", "https://exa mple.com/",
        "https://" + "a" * 64 + ".com/", "https://example.com/" + "a" * 2_000, "https://example.com\\@evil.org/",
    ],
)  # fmt: skip
def test_other_addresses(written: str) -> None:
    """Another protocol, port or credentials, a number instead of a name, a name inside a network: not fetched."""
    assert read_address(written) is None


def test_redirects() -> None:
    """A redirect is read against the address that sent it, and refused as any other."""
    base = "https://example.com/a/b"
    assert str(read_address("../c?d", base)) == "https://example.com/c?d"
    assert str(read_address("//cdn.example.org/x", base)) == "https://cdn.example.org/x"
    assert read_address("http://example.com/", base) is None
    assert read_address("https://10.0.0.1/", base) is None


@given(st.text(max_size=80))
def test_what_is_fetched_is_ascii_on_one_line(written: str) -> None:
    """No text puts a line break or a space into the request."""
    address = read_address(f"https://example.com/{written}")
    if address is not None:
        assert address.host == "example.com"
        assert address.target.isascii()
        assert not set(address.target) & set(" \r\n\t\0")


@pytest.mark.parametrize("number", ["8.8.8.8", "151.101.1.140", "1.1.1.1"])
def test_public_numbers(number: str) -> None:
    """Addresses of the public internet."""
    assert is_public(number)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::a00:1",
        "2001:4860:4860::8888", "fd00::1", "", "localhost", "8.8.8",
    ],
)  # fmt: skip
def test_other_numbers(number: str) -> None:
    """Loopback, private, link-local, shared, reserved and multicast numbers, and all of IPv6, are not public."""
    assert not is_public(number)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "picture"), (b"\x89PNG\r\n\x1a\n", "picture"), (b"GIF89a", "picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture"), (b"\0\0\0\x18ftypheic", "picture"),
        (b"\0\0\0\x18ftypisom", "video"), (b"RIFF\0\0\0\0WAVE", None), (b"<html>", None), (b"", None),
    ],
)  # fmt: skip
def test_kinds(content: bytes, kind: FileKind | None) -> None:
    """The first bytes decide, not what the server claims."""
    assert kind_of_content(content) == kind


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("look: https://example.com/a.jpg.", "https://example.com/a.jpg"), ("(http://b.org)", "http://b.org"),
        ("example.com", None), ("", None),
    ],
)  # fmt: skip
def test_the_address_in_a_text(text: str, address: str | None) -> None:
    """The first address counts, without the marks around it."""
    assert find_address(text) == address
