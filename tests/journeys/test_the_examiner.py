"""What the journeys look for on every page is found where it is planted."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Visit

PAGE = """<!doctype html><html lang="en"><head><title>Planted</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Planted</h1>{}</main></body></html>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACADs="
PLANTS = {
    "axe image-alt": f'<img src="{PIXEL}">',
    "axe color-contrast (dark)": "<style>p { color: #111; background: #fff } "
    "@media (prefers-color-scheme: dark) { p { background: #000 } }</style><p>Black on black</p>",
    "axe color-contrast (light)": "<style>p { color: #eee; background: #fff } "
    "@media (prefers-color-scheme: dark) { p { background: #000 } }</style><p>White on white</p>",
    "too wide for 320 px": '<p style="width: 350px">wide</p>',
    "asked another host: http://elsewhere.example/": '<img alt="" src="http://elsewhere.example/a.png">',
    "console: broken": '<script>console.error("broken")</script>',
    "script: thrown": '<script>throw new Error("thrown")</script>',
    "CSP: script-src-elem refused inline": '<script nonce="other">1</script>',
}


@pytest.mark.parametrize("fault", PLANTS)
def test_a_planted_fault_is_found(arrive: Visit, fault: str) -> None:
    visitor = arrive()
    policy = {"Content-Security-Policy": "script-src 'nonce-ours'"} if fault.startswith("CSP") else {}
    page = {"body": PAGE.format(PLANTS[fault]), "content_type": "text/html", "headers": policy}
    visitor.context.route("**/planted", lambda route: route.fulfill(**page))
    visitor.context.route("http://elsewhere.example/**", lambda route: route.abort())
    with pytest.raises(AssertionError, match=r"planted|elsewhere|thrown"):
        visitor.go("/planted")
    assert any(fault in found for found in visitor.faults), visitor.faults
    visitor.faults.clear()


def test_a_page_without_faults_is_let_pass(arrive: Visit) -> None:
    visitor = arrive()
    whole = {"body": PAGE.format("<p>whole</p>"), "content_type": "text/html"}
    visitor.context.route("**/planted", lambda route: route.fulfill(**whole))
    visitor.go("/planted")
    assert visitor.faults == []
