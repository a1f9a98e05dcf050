"""`mma lab` as a researcher meets it: a real JupyterLab in a real browser, without a network."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import PROJECT, command
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from mma_analysis.settings import Workspace
from test_browser import Opened, chromium

ITS_OWN = "notebooks/verkenning.ipynb"  # which it opens on by itself
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
BENCH = f"{SHOWN} .mma-bench"
# Without a kernel it is "idle" too, and who runs cells then is asked which kernel it should be.
IDLE = f"{SHOWN}:has(.jp-KernelName:has-text('Python 3')) [data-status=idle]"

# What JupyterLab says of a kernel that it did not wait for, on a busy machine: it asks for another.
OF_A_LATE_KERNEL = re.compile(r"/api/(sessions|kernels)|debug_request")
PATIENCE = 240_000  # ms until it is sure that nothing comes, however busy the machine is
TRIES, ONE_TRY = 6, PATIENCE / 12  # of what JupyterLab does not hear while it is still busy

pytestmark = pytest.mark.slow


@dataclass
class Lab(Opened):
    """A running JupyterLab with its page, and what happened: requests and complaints."""

    address: str = ""

    @property
    def elsewhere(self) -> list[str]:
        """Requests that left this machine."""
        own = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")
        return [url for url in self.requests if not own.match(url)]


def address_of(said: Path) -> str:
    """The address with its token that JupyterLab prints, a moment before it listens there."""
    for _ in range(PATIENCE // 100):
        time.sleep(0.1)
        found = re.search(r"(http://127\.0\.0\.1:(\d+)/\S*token=\S+)\n", said.read_text("utf-8"))
        with suppress(ConnectionRefusedError):
            if found:
                socket.create_connection(("127.0.0.1", int(found[2])), timeout=5).close()
                return found[1]
    raise AssertionError(f"JupyterLab did not start: {said.read_text('utf-8')}")


@pytest.fixture(scope="module")
def root(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared example and the notebooks, in a folder of their own: running writes in it."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(workspace.root / "data", root / "data")
    shutil.copytree(PROJECT / "notebooks", root / "notebooks", ignore=lambda *_: {"eigen"})
    return root


@pytest.fixture(scope="module")
def lab(root: Path) -> Iterator[Lab]:
    with opened(root, {"width": 1500, "height": 1100}) as lab:
        yield lab


@contextmanager
def opened(root: Path, size: dict[str, int], notebook: str = ITS_OWN) -> Iterator[Lab]:
    """`mma lab` on a folder, opened in a browser at the address that it prints or on another."""
    own = {"HOME": str(root), "JUPYTER_RUNTIME_DIR": str(root / "run"), "JUPYTER_TOKEN": "known"}
    started, said = command("lab", "--no-browser", "--root", root), root / "said"
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(started, stderr=log, env={**os.environ, **own})
    try:
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_context(viewport=size).new_page()
            lab = Lab(page, address=address_of(said))
            page.on("request", lambda request: lab.requests.append(request.url))
            page.on("pageerror", lambda error: lab.complaints.append(str(error)))
            page.on("console", lambda message: complain(lab, message))
            page.set_default_timeout(PATIENCE)
            page.goto(lab.address.replace(ITS_OWN, notebook))
            page.wait_for_selector(IDLE, timeout=PATIENCE)
            yield lab
    finally:
        process.terminate()  # and with it what it started: see test_doctor
        process.wait(timeout=PATIENCE / 1000)


def complain(lab: Lab, message: ConsoleMessage) -> None:
    text = f"{message.text} {message.location['url']}"
    if message.type == "error" and not OF_A_LATE_KERNEL.search(text):
        lab.complaints.append(text)


def run_all(page: Page) -> None:
    """Run every cell by the menu; again, when nothing starts; and see that none gave an error."""
    prompts = page.locator(f"{SHOWN} .jp-CodeCell .jp-InputPrompt")
    for _ in range(TRIES):
        page.click("li.lm-MenuBar-item:has-text('Uitvoeren')")
        page.locator("li[data-command='runmenu:run-all']").click()
        try:
            expect(prompts.first).to_have_text(re.compile(r"\[[\d*]+\]"), timeout=ONE_TRY)
            break
        except AssertionError:
            page.keyboard.press("Escape")
    expect(prompts.last).to_have_text(re.compile(r"\[\d+\]"), timeout=PATIENCE)
    expect(page.locator(f"{SHOWN} [data-mime-type$='jupyter.error']")).to_have_count(0)


def wait_for_drawn(page: Page, text: str) -> None:
    """Until the figure of the bench says this, and nothing else, somewhere."""
    exact = re.compile(f"^{text}$")
    page.locator(f"{BENCH} .main-svg text", has_text=exact).first.wait_for(state="attached")


def choose(page: Page, label: str, option: str) -> None:
    menu = page.locator(f"{BENCH} .widget-dropdown", has_text=label).locator("select")
    menu.select_option(label=option.replace(" ", "\u00a0"))  # as ipywidgets writes a space


def test_the_address_has_a_token_of_its_own_and_opens_on_the_bench(lab):
    assert lab.address.startswith("http://127.0.0.1:")
    assert f"/lab/tree/{ITS_OWN}?token=" in lab.address
    assert "token=known" not in lab.address
    assert lab.page.get_attribute("html", "lang") == "nl-NL"
    menu = lab.page.locator("li.lm-MenuBar-item").all_inner_texts()
    assert menu[:2] == ["Bestand", "Bewerk"]


def test_without_the_token_nothing_is_told(lab):
    context = lab.page.context.browser.new_context()

    answered = context.request.get(lab.address.split("/lab")[0] + "/api/contents")

    assert answered.status == 403
    context.close()


def test_the_bench_shows_another_figure_and_table_for_another_choice(lab, root):
    page = lab.page
    run_all(page)
    wait_for_drawn(page, "585")

    choose(page, "Gebied:", "Enschede")
    wait_for_drawn(page, "180")
    choose(page, "Uitsplitsing:", "Onderwerp (hoofdgroep)")
    wait_for_drawn(page, "Drugs")

    expect(page.locator(f"{BENCH} .widget-html table tbody tr")).to_have_count(7, timeout=PATIENCE)
    said = page.locator(f"{BENCH} .widget-html", has_text="Enschede, juli 2021 tot en met juni")
    expect(said).to_have_count(1, timeout=PATIENCE)
    assert (root / "notebooks" / "eigen" / "figuur.html").is_file()


def test_nothing_was_asked_of_the_network_and_nothing_complained(lab):
    assert len(lab.requests) > 50
    assert lab.elsewhere == []
    assert lab.complaints == [], "\n".join(lab.complaints)
