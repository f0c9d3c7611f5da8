"""The headers of every answer of the Mini App: what its pages may load, and who may show them in a frame. Pure."""

from collections.abc import Mapping

NO_DEVICES = "camera=(), microphone=(), geolocation=(), payment=()"
"""What a page may ask a browser for: nothing."""


def write_headers(files_url: str, frame_origins: tuple[str, ...]) -> Mapping[str, str]:
    """The headers. Scripts and styles come from us alone, as files; pictures and videos from `files_url` too,
    which is the folder of our bucket: the host has everybody's.

    `frame_origins` are Telegram's web apps; its other apps have a window of their own for a Mini App.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": f"'self' blob: {files_url}",
        "media-src": f"'self' {files_url}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(frame_origins),
    }
    return _write(policy, referrer="no-referrer")


def write_admin_headers() -> Mapping[str, str]:
    """Those of the operators' pages: plain forms to ourselves, and nobody may frame them or hold their window.

    Without a referrer a browser would send a form with the origin "null", which is refused.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    alone = {"X-Frame-Options": "DENY", "X-Robots-Tag": "noindex", "Cross-Origin-Opener-Policy": "same-origin"}
    return {**_write(policy, referrer="same-origin"), **alone}


def _write(policy: Mapping[str, str], referrer: str) -> Mapping[str, str]:
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": referrer,
        "Permissions-Policy": NO_DEVICES,
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
