"""The HTML format in headless Chromium: it renders, asks nobody for anything, and works for everybody."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from chromium import MISSING, start
from report.samples import HOSTILE, POLICY, empty, every_state, healthy, hostile, pictured
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from s3doctor.report.page import render
from s3doctor.report.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from s3doctor.model import Report

REPORTS = {"all": every_state(), "well": healthy(), "none": empty(), "evil": hostile(), "pictures": pictured()}
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser of our own."""
    browser = start(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


class Page:
    """A report open in the browser."""

    def __init__(self, browser: Any, file: Path, report: Report) -> None:
        self.browser = browser
        file.write_text(render(report), encoding="utf-8")
        self.address = file.as_uri()
        browser.get("about:blank")
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(self.address)

    def ask(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self.browser.execute_script(f"return {script}")

    def emulate(self, command: str, **parameters: object) -> None:
        """Make the browser look like another device."""
        self.browser.execute_cdp_cmd(f"Emulation.{command}", parameters)

    def requests(self) -> set[str]:
        """The addresses that the page asked for."""
        events = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        return {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}


@pytest.fixture(params=REPORTS)
def page(request: pytest.FixtureRequest, chromium: Any, tmp_path: Path) -> Page:
    """Each of the reports in turn."""
    return Page(chromium, tmp_path / "report.html", REPORTS[request.param])


@pytest.fixture
def full(chromium: Any, tmp_path: Path) -> Iterator[Page]:
    """The report that has everything; the device is set back afterwards."""
    page = Page(chromium, tmp_path / "report.html", pictured())
    yield page
    page.emulate("clearDeviceMetricsOverride")
    page.emulate("setEmulatedMedia", media="", features=[])


def test_it_renders_without_a_complaint_and_asks_for_nothing(page: Page) -> None:
    assert page.ask("document.querySelector('h1').innerText")
    assert page.browser.get_log("browser") == []
    assert {url for url in page.requests() if not url.startswith("data:")} == {page.address}


def test_the_policy_of_the_page_stops_requests(full: Page) -> None:
    """So that the test above is no accident: a picture from elsewhere is refused, and the log shows it."""
    full.browser.execute_async_script(
        "const done = arguments[0], image = new Image();"
        "image.onerror = done; image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image)"
    )
    assert "Content Security Policy" in str(full.browser.get_log("browser"))


def test_hostile_names_are_words(chromium: Any, tmp_path: Path) -> None:
    page = Page(chromium, tmp_path / "evil.html", hostile())
    notes = page.ask("[...document.querySelectorAll('.note')].map(note => note.textContent)")
    assert notes == [visible(text) for text in HOSTILE]
    assert page.ask("document.querySelectorAll('script').length") == 1
    assert page.ask("document.querySelectorAll('img, [onerror]').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_nobody_is_shut_out(page: Page, scheme: str, width: int) -> None:
    """What axe-core finds: contrast, names, order of headings, and much more; and nothing is cut off on a phone."""
    page.emulate("setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    page.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.browser.execute_script(f"{AXE}; document.querySelectorAll('details').forEach(one => one.open = true)")
    found = page.browser.execute_async_script("axe.run().then(arguments[0])")
    told = [(v["id"], [node["target"] + [node["failureSummary"]] for node in v["nodes"]]) for v in found["violations"]]
    assert told == []
    assert page.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate("clearDeviceMetricsOverride")
    page.emulate("setEmulatedMedia", features=[])


def test_dark_is_dark_and_light_is_light(full: Page) -> None:
    shades = []
    for scheme in ("light", "dark"):
        full.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        color = full.ask("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(int(part) for part in color.strip("rgb()").split(",")))
    light, dark = shades
    assert light > 700
    assert dark < 100


def test_a_fix_can_be_copied(full: Page) -> None:
    full.browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    button = full.browser.find_element(By.CSS_SELECTOR, "#step-1 button.copy")
    button.send_keys(Keys.ENTER)
    copied = full.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == POLICY.strip()
    assert button.text == "Copied"
    assert full.ask("document.getElementById('live').textContent") == "Copied"


def test_boxes_can_be_put_away_by_keyboard(full: Page) -> None:
    for kind, shape in (
        ("annotations", ".box.annotation"),
        ("predictions", ".box.prediction"),
        ("labels", ".box text"),
    ):
        seen = f"getComputedStyle(document.querySelector('{shape}')).display"
        assert full.ask(seen) != "none"
        full.browser.find_element(By.ID, f"show-{kind}").send_keys(Keys.SPACE)
        assert full.ask(seen) == "none"


def test_the_first_tab_leads_past_the_head(full: Page) -> None:
    full.browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert full.ask("document.activeElement.textContent") == "To the report"
    assert full.ask("document.activeElement.getBoundingClientRect().left") >= 0


def test_checks_open_by_one_button_and_by_a_link(full: Page) -> None:
    closed = "document.querySelectorAll('details.check:not([open])').length"
    assert full.ask(closed) == 5
    full.browser.find_element(By.ID, "all").send_keys(Keys.ENTER)
    assert full.ask(closed) == 0
    full.browser.find_element(By.ID, "all").send_keys(Keys.ENTER)
    assert full.ask(closed) == 10
    full.browser.find_element(By.CSS_SELECTOR, "#step-1 .about a").send_keys(Keys.ENTER)
    WebDriverWait(full.browser, 60).until(lambda _: full.ask(closed) == 9)  # the page is told of it afterwards


def test_print_shows_all(full: Page) -> None:
    full.emulate("setEmulatedMedia", media="print")
    full.browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert full.ask("document.querySelectorAll('details:not([open]):not(.plot details)').length") == 0
    assert full.ask("getComputedStyle(document.querySelector('.plot details')).display") == "none"
    assert full.ask("getComputedStyle(document.querySelector('label')).display") != "none"
    assert full.ask("getComputedStyle(document.querySelector('nav')).display") == "none"
    full.browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert full.ask("document.querySelectorAll('details.check:not([open])').length") == 5
