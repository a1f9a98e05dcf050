"""The browser of this machine, without a network: it prints pages and looks at them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mma_analysis.publish.templates import asset
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PLACES = tuple(asset("browsers.txt").splitlines())
NO_NETWORK = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


@contextmanager
def opened_browser() -> "Iterator[BrowserContext]":
    """A browser without a network, for as long as it is used; DataError: there is none."""
    executable = browser_path()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise DataError.of("pdf_extra") from error
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium
            with (
                chromium.launch(executable_path=executable, args=NO_NETWORK) as browser,
                browser.new_context(
                    offline=True,
                    color_scheme="light",
                    locale="nl-NL",
                ) as context,
            ):
                yield context
    except Error as error:
        reason = str(error).splitlines()[0]
        raise DataError.of("browser_failed", browser=executable, reason=reason) from error


def browser_path() -> str:
    """Where the browser of this machine is."""
    for place in PLACES:
        found = shutil.which(os.path.expandvars(place))
        if found:
            return found
    names = [place for place in PLACES if "/" not in place and "\\" not in place]
    raise DataError.of("no_browser", names=", ".join(names))
