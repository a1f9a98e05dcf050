"""A run of the bench in a browser, recorded: docs/beelden/bank.webm, and bank.png of its end.

    .venv/bin/python tools/recording.py    make both, in about a minute

What is recorded is what tests/test_lab.py does: open `mma lab`, run all cells, choose, and see the
figure and the table change. Chromium itself writes the film, from the pictures that it shows.
"""

import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from mma_analysis.settings import EXAMPLE, Workspace

ROOT = Path(__file__).resolve().parent.parent
sys.path.extend([str(ROOT), str(ROOT / "tests")])
import test_lab  # noqa: E402  the tests are no package

FILM, STILL = ROOT / "docs" / "beelden" / "bank.webm", ROOT / "docs" / "beelden" / "bank.png"
SIZE = {"width": 1280, "height": 860}
TIME_TO_LOOK = 2_000  # milliseconds that a reader needs to see what changed
LONGEST = 2.5  # seconds for which nothing moves; waiting is no news
CHOICES = (
    ("Periode:", "Per maand"),
    ("Gebied:", "Borne"),
    ("Gebied:", "Enschede"),
    ("Uitsplitsing:", "Onderwerp (hoofdgroep)"),
)
# In a page: draw picture after picture, each as long as it was there, and give the film.
WRITE = """async ([pictures, width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), {width, height});
    const paper = canvas.getContext('2d');
    const recorder = new MediaRecorder(
        canvas.captureStream(5), {mimeType: 'video/webm;codecs=vp9', videoBitsPerSecond: 250000});
    const parts = [];
    recorder.ondataavailable = event => parts.push(event.data);
    const ended = new Promise(resolve => { recorder.onstop = resolve; });
    recorder.start();
    for (const [data, seconds] of pictures) {
        const picture = new Image();
        picture.src = 'data:image/jpeg;base64,' + data;
        await picture.decode();
        const until = performance.now() + seconds * 1000;
        do {
            paper.drawImage(picture, 0, 0, width, height);
            await new Promise(resolve => setTimeout(resolve, 100));
        } while (performance.now() < until);
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""


class Camera:
    """Keeps every picture that a page shows, and when it came."""

    def __init__(self, page: Page) -> None:
        self.pictures: list[tuple[float, str]] = []
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.on("Page.screencastFrame", self._keep)
        self.session.send("Page.startScreencast", {"format": "jpeg", "quality": 90})

    def _keep(self, frame: dict[str, Any]) -> None:
        self.pictures.append((frame["metadata"]["timestamp"], frame["data"]))
        self.session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    def shown(self) -> list[tuple[str, float]]:
        """Each picture with the seconds that it was there."""
        self.session.send("Page.stopScreencast")
        moments = [moment for moment, _ in self.pictures]
        gaps = [after - before for before, after in zip(moments, moments[1:], strict=False)]
        seconds = [min(gap, LONGEST) for gap in [*gaps, LONGEST]]
        return [
            (data, each) for (_, data), each in zip(self.pictures, seconds, strict=True) if each > 0
        ]


def main() -> None:
    """Prepare the example, run its bench in a browser, and write the film and the still."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, Workspace(root).raw(EXAMPLE))
        shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=lambda *_: {"eigen"})
        command = [sys.executable, "-m", "mma_analysis", "prepare", "--root", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with test_lab.opened(root, SIZE) as lab:
            camera = Camera(lab.page)
            _use(lab.page)
            lab.page.screenshot(path=STILL)
            writer = lab.page.context.new_page()
            film = writer.evaluate(WRITE, [camera.shown(), SIZE["width"], SIZE["height"]])
    FILM.write_bytes(base64.b64decode(film))
    for path in (FILM, STILL):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def _use(page: Page) -> None:
    page.wait_for_timeout(TIME_TO_LOOK)
    test_lab.run_all(page)
    test_lab.wait_for_drawn(page, "585")
    page.locator(test_lab.BENCH).scroll_into_view_if_needed()
    for label, option in CHOICES:
        page.wait_for_timeout(TIME_TO_LOOK)
        test_lab.choose(page, label, option)
    page.wait_for_timeout(TIME_TO_LOOK)


if __name__ == "__main__":
    main()
