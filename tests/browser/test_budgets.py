"""First view of each page: bytes, requests, elements, no shift, no foreign request, no policy violation."""

import gzip
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from .addresses import NAMES

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  e => window.violations.push(e.violatedDirective + " " + e.blockedURI));
window.shift = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.shift += e.value; })
  .observe({type: "layout-shift", buffered: true});
"""
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    "object-src 'none'",
}  # fmt: skip


class View:
    """What one cold view of a page cost."""

    def __init__(self, browser, url, width=360, height=800):
        self.requests, self.errors, self.images = [], [], 0
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        network = self.context.new_cdp_session(self.page)
        network.send("Network.enable")
        sizes, kinds = {}, {}
        network.on(
            "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]})
        )
        network.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        self.response = self.page.goto(url, wait_until="networkidle")
        self.bytes = sum(sizes.values())
        self.images = sum(size for key, size in sizes.items() if kinds.get(key) == "Image")
        self.elements = self.page.evaluate("document.querySelectorAll('*').length")
        self.violations = self.page.evaluate("window.violations")
        self.shift = self.page.evaluate("window.shift")
        self.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_first_view_keeps_its_budget(browser, site, name):
    view = View(browser, site.page(name))
    expected_errors = [str(view.response.status)] if view.response.status in (404, 410) else []
    unexpected = [text for text in view.errors if not any(code in text for code in expected_errors)]
    assert unexpected == []
    assert view.violations == []
    assert {urlsplit(url).netloc for url in view.requests} == {urlsplit(site.url).netloc}
    assert view.shift < 0.001
    assert view.bytes <= 100_000
    assert view.images <= 50_000
    assert len(view.requests) <= 20
    assert view.elements <= 1_500


def policy_of(name):
    """Only what is made for frames may be framed."""
    return (
        {rule.replace("frame-ancestors 'none'", "frame-ancestors *") for rule in POLICY} if "framed" in name else POLICY
    )


@pytest.mark.parametrize("name", NAMES)
def test_html_weighs_little_and_carries_the_policy(site, name):
    request = Request(site.page(name), headers={"Accept-Encoding": "gzip"})
    try:
        response = urlopen(request)
    except OSError as error:
        response = error
    body = response.read()
    assert len(body if response.headers["Content-Encoding"] == "gzip" else gzip.compress(body)) <= 20_000
    assert set(map(str.strip, response.headers["Content-Security-Policy"].split(";"))) == policy_of(name)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Set-Cookie"] is None


def test_styles_and_scripts_weigh_little(browser, site):
    weights = {"css": 0, "js": 0, "woff2": 0}
    page = browser.new_page()
    page.on("response", lambda response: addresses.append(response.url))
    addresses: list[str] = []
    page.goto(site.page("kelurahan board"), wait_until="networkidle")
    page.close()
    for address in addresses:
        ending = urlsplit(address).path.rpartition(".")[2]
        if ending in weights:
            with urlopen(Request(address, headers={"Accept-Encoding": "br"})) as response:
                weights[ending] += len(response.read())
                assert "immutable" in response.headers["Cache-Control"]
    assert weights["css"] > 0
    assert weights["css"] <= 12_000
    assert weights["js"] <= 8_000
    assert weights["woff2"] <= 13_000


def test_a_second_view_costs_little_more_than_its_html(browser, site):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(site.page("kelurahan board"), wait_until="networkidle")
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: dict[str, int] = {}
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(site.page("opd board"), wait_until="networkidle")
    context.close()
    assert 0 < sum(sizes.values()) <= 20_000 + 5_000
