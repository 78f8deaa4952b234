"""The content security policy and the other headers of every answer: no `unsafe-*`, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from urllib.parse import urlsplit

# Hashes of the <style> texts that Dash's components and Plotly put into the page; they change with the
# versions of these packages: tests/browser/collect_style_hashes.py writes the file again.
STYLE_HASHES = "style_hashes.txt"

# What is no page is never drawn as one: it may do nothing, in fewer bytes than a page's policy takes.
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OTHER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}


def security_headers(script_hashes: Sequence[str], tiles_url: str | None = None) -> dict[str, str]:
    """Return the headers; `script_hashes` are Dash's own, quoted, taken after the last callback is registered."""
    return {"Content-Security-Policy": policy(script_hashes, read_style_hashes(), tiles_url), **OTHER_HEADERS}


def policy(script_hashes: Sequence[str], style_hashes: Sequence[str], tiles_url: str | None = None) -> str:
    """Return the policy; the host of the online base map is named only when the city uses one."""
    images = ["'self'", "data:", "blob:"]
    if tiles_url is not None:
        images.append(f"https://{urlsplit(tiles_url).netloc}")
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *script_hashes],
        "style-src": ["'self'", *style_hashes],
        "img-src": images,
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def read_style_hashes() -> tuple[str, ...]:
    """Return the quoted hashes of the committed file, comments left out."""
    lines = files("api").joinpath(STYLE_HASHES).read_text(encoding="ascii").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
