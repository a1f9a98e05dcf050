"""`mma lab` as a researcher meets it: a real JupyterLab in a real browser, without a network."""

import os
import queue
import re
import runpy
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from mma_analysis.explore.starting import BENCH as NAME_OF_BENCH
from mma_analysis.settings import Workspace

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
BENCH = f"{SHOWN} .mma-bench"
# Without a kernel it is "idle" too, and who runs cells then is asked which kernel it should be.
IDLE = f"{SHOWN}:has(.jp-KernelName:has-text('Python 3')) [data-status=idle]"

# What JupyterLab says of a kernel that it did not wait for, on a busy machine: it asks for another.
OF_A_LATE_KERNEL = re.compile(r"/api/(sessions|kernels)|debug_request")
PATIENCE = 240_000  # ms until it is sure that nothing comes, however busy the machine is

pytestmark = pytest.mark.slow


@dataclass
class Lab:
    """A running JupyterLab with its page, and what happened: requests and complaints."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """Requests that left this machine."""
        own = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")
        return [url for url in self.requests if not own.match(url)]


def address_of(process: subprocess.Popen[str]) -> str:
    """The address with its token that JupyterLab prints; what it prints later is read and left."""
    said: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stderr or ():
            said.put(line)
        said.put("")

    threading.Thread(target=read, daemon=True).start()
    lines = []
    while line := said.get(timeout=60):
        lines.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/\S*token=\S+", line):
            return found[0]
    raise AssertionError(f"JupyterLab did not start: {''.join(lines)}")


@pytest.fixture(scope="module")
def root(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared example and the notebooks, in a folder of their own: running writes in it."""
    root = tmp_path_factory.mktemp("lab")
    for folder in ("raw", "processed"):
        shutil.copytree(workspace.root / "data" / folder, root / "data" / folder)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=lambda *_: {"eigen"})
    return root


@pytest.fixture(scope="module")
def lab(root: Path) -> Iterator[Lab]:
    with opened(root, {"width": 1500, "height": 1100}) as lab:
        yield lab


@contextmanager
def opened(root: Path, size: dict[str, int]) -> Iterator[Lab]:
    """`mma lab` on a folder, opened in a browser at the address that it prints."""
    names = runpy.run_path(str(ROOT / "tools" / "setup.py"))["BROWSERS"]
    executable = next((path for path in map(shutil.which, names) if path), None)
    assert executable, f"none of {names} is on the PATH: `make test` installs Chromium"
    command = [sys.executable, "-m", "mma_analysis", "lab", "--no-browser", "--root", str(root)]
    own = {"HOME": str(root), "JUPYTER_RUNTIME_DIR": str(root / "run"), "JUPYTER_TOKEN": "known"}
    environment = {**os.environ, **own}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            page = browser.new_context(viewport=size).new_page()
            lab = Lab(page, address_of(process))
            page.on("request", lambda request: lab.requests.append(request.url))
            page.on("pageerror", lambda error: lab.complaints.append(str(error)))
            page.on("console", lambda message: complain(lab, message))
            page.set_default_timeout(PATIENCE)
            wait_until_it_answers(lab.address)
            page.goto(lab.address)
            page.wait_for_selector(IDLE, timeout=PATIENCE)
            yield lab
            browser.close()
    finally:
        stop(process)


def wait_until_it_answers(address: str) -> None:
    """JupyterLab prints its address a moment before it listens there."""
    port = int(re.search(r":(\d+)/", address)[1])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError(f"nobody listens at port {port}")


def complain(lab: Lab, message: ConsoleMessage) -> None:
    text = f"{message.text} {message.location['url']}"
    if message.type == "error" and not OF_A_LATE_KERNEL.search(text):
        lab.complaints.append(text)


def stop(process: subprocess.Popen[str]) -> None:
    """End `mma lab`; the server is its child and ends on the same signal as with Ctrl-C."""
    import psutil

    children = psutil.Process(process.pid).children(recursive=True)
    for child in children:
        child.terminate()
    for child in psutil.wait_procs(children, timeout=60)[1]:
        child.kill()  # a kernel that is busy does not hear it; that decides nothing
    process.wait(timeout=PATIENCE / 1000)


def run_all(page: Page, notebook: Path) -> None:
    """Run every cell by the menu, save until each has run, and see that none gave an error."""
    page.click("li.lm-MenuBar-item:has-text('Uitvoeren')")
    page.locator("li[data-command='runmenu:run-all']").click()
    for _ in range(PATIENCE // 1000):
        page.wait_for_timeout(1_000)
        page.keyboard.press("Control+s")
        text = notebook.read_text(encoding="utf-8")
        if not text.endswith("}\n"):  # it is just being written
            continue
        cells = [c for c in nbformat.reads(text, as_version=4).cells if c.cell_type == "code"]
        if all(cell.execution_count for cell in cells):
            break
    else:
        raise AssertionError(f"not every cell of {notebook.name} ran")
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []


def wait_for_drawn(page: Page, text: str) -> None:
    """Until the figure of the bench says this, and nothing else, somewhere."""
    exact = re.compile(f"^{text}$")
    page.locator(f"{BENCH} .main-svg text", has_text=exact).first.wait_for(state="attached")


def choose(page: Page, label: str, option: str) -> None:
    menu = page.locator(f"{BENCH} .widget-dropdown", has_text=label).locator("select")
    menu.select_option(label=option.replace(" ", "\u00a0"))  # as ipywidgets writes a space


def test_the_address_has_a_token_of_its_own_and_opens_on_the_bench(lab):
    assert lab.address.startswith("http://127.0.0.1:")
    assert "/lab/tree/notebooks/verkenning.ipynb?token=" in lab.address
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
    run_all(page, root / "notebooks" / NAME_OF_BENCH)
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
