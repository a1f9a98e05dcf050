"""What a notebook may change of the process it runs in, put back after it."""

import decimal
import locale
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Undo = Callable[[], None]
# How plotly shows a figure in a kernel; imported without one, it shows none.
IN_A_KERNEL = "plotly_mimetype"


@contextmanager
def restored() -> Iterator[None]:
    """Put back, after the block, what it changed of this process.

    Working directory, environment, module search path, arguments, random numbers, warnings,
    locale, decimal context, logging, the options of pandas, and the defaults and templates of
    plotly, which shows figures as in a kernel meanwhile. What a block changes inside the modules it
    imports is not undone: where that may happen, a process is forked for each notebook.
    """
    undo = [keep() for keep in _KEPT]
    try:
        yield
    finally:
        for put_back in reversed(undo):
            put_back()


def _folder() -> Undo:
    before = Path.cwd()
    return lambda: os.chdir(before)


def _environment() -> Undo:
    before = dict(os.environ)

    def put_back() -> None:
        if dict(os.environ) != before:
            os.environ.clear()
            os.environ.update(before)

    return put_back


def _lists() -> Undo:
    path, arguments = list(sys.path), list(sys.argv)

    def put_back() -> None:
        sys.path[:], sys.argv[:] = path, arguments

    return put_back


def _random() -> Undo:
    import numpy as np

    before, of_numpy = random.getstate(), np.random.get_state()

    def put_back() -> None:
        random.setstate(before)
        np.random.set_state(of_numpy)

    return put_back


def _warnings() -> Undo:
    catching = warnings.catch_warnings()
    catching.__enter__()
    return lambda: catching.__exit__(None, None, None)


def _locale() -> Undo:
    before = locale.setlocale(locale.LC_ALL)

    def put_back() -> None:
        locale.setlocale(locale.LC_ALL, before)

    return put_back


def _decimals() -> Undo:
    before = decimal.getcontext().copy()
    return lambda: decimal.setcontext(before)


def _logging() -> Undo:
    root = logging.getLogger()
    level, handlers, disabled = root.level, list(root.handlers), logging.root.manager.disable

    def put_back() -> None:
        root.setLevel(level)
        root.handlers[:] = handlers
        logging.disable(disabled)

    return put_back


def _pandas() -> Undo:
    import pandas as pd

    before = {name: pd.get_option(name) for name in _option_names(pd)}

    def put_back() -> None:
        for name, value in before.items():
            if pd.get_option(name) != value:
                pd.set_option(name, value)

    return put_back


def _option_names(pd: Any) -> list[str]:
    """All options of pandas that are not on their way out: to read one of those is a warning."""
    config = pd._config.config
    return [name for name in config._registered_options if name not in config._deprecated_options]


def _plotly() -> Undo:
    import plotly.io as pio

    renderer, template = pio.renderers.default, pio.templates.default
    named = {
        name: content.to_plotly_json() if hasattr(content, "to_plotly_json") else content
        for name, content in pio.templates._templates.items()
    }

    if renderer != IN_A_KERNEL:
        pio.renderers.default = IN_A_KERNEL

    def put_back() -> None:
        if pio.renderers.default != renderer:
            pio.renderers.default = renderer
        now = pio.templates._templates
        for name in set(now) - set(named):
            del pio.templates[name]
        for name, content in named.items():
            if not isinstance(content, dict):  # was not read from its file yet
                now[name] = content
            elif name not in now or now[name].to_plotly_json() != content:
                pio.templates[name] = content
        if pio.templates.default != template:
            pio.templates.default = template

    return put_back


_KEPT = (
    *(_folder, _environment, _lists, _random, _warnings),
    *(_locale, _decimals, _logging, _pandas, _plotly),
)
