"""Editions that lack something, each prepared from a file of a few meldingen."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import once

from mma_analysis.pipeline import prepare
from mma_analysis.settings import Workspace
from small_edition import settings, write

Editions = Callable[..., Workspace]

MANY = [f"2022-{month:02}-10" for month in range(2, 13)] * 2
MORE_AND_MORE = [day.replace("2022", "2021") for day in MANY[5:11]] + MANY[:5] * 2
MORE_AND_MORE += [f"{day[:-1]}{n}" for day in MANY[5:11] for n in range(8)]
MORE_AND_MORE += [f"2023-{month:02}-1{n}" for month in range(1, 7) for n in range(8)]
DAYS = {"none": [], "one": MANY[:1], "many": MANY, "more and more": MORE_AND_MORE}
DAYS |= {"in the last months of 2022": MANY[7:11], "six on one day": ["2022-09-10"] * 6}


def _lacking() -> Iterator[tuple[str, tuple[str, Sequence[str], dict[str, str]]]]:
    """What lacks → settings, days and what is told of each melding, of `cases/lacking.toml`."""
    table = tomllib.loads((Path(__file__).parent / "cases" / "lacking.toml").read_text("utf-8"))
    plain = next(iter(table.values()))
    for lack, own in table.items():
        of = plain | own
        since = {"borne": of["aangesloten"]} if of["aangesloten"] else {}
        text = settings({"borne": "x.csv"}, **since).replace("2021-07-01", of["begin"], 1)
        text = text.replace("2023-06-30", of["peildatum"]) + of["settings"]
        yield lack, (text, DAYS[of["days"]], of["told"])


LACKING = dict(_lacking())
QUICK = ("one gemeente and no survey, costs or campaigns", "no connection date", "one melding")


def case(lack: str, *more: str) -> Any:
    """A case for a test; most of these editions take long."""
    return pytest.param(lack, *more, marks=() if lack in QUICK else pytest.mark.slow)


@pytest.fixture(scope="session")
def editions(shared: Path) -> Editions:
    """An edition of these settings, prepared once: a melding in Borne on each of the days.

    A ninth of the meldingen has nothing but a day, and so have all where `told` is empty.
    """

    def made(settings: str, days: Sequence[str], told: dict[str, str]) -> Workspace:
        given = {"Onderwerp": ""} | told
        rows = [["Meldnummer", "Datum ontvangst", "Woonplaats", *given]]
        for n, day in enumerate(days):
            values = given.values() if n % 9 else [""] * len(given)
            rows.append([f"M2022-{n:06}", day, "Borne", *values])
        delivery = "\n".join(";".join(row) for row in rows)

        def make(root: Path) -> None:
            workspace = Workspace(root)
            write(workspace, "x.csv", delivery)
            write(workspace, "evaluatie.toml", settings)
            prepare(workspace, "proef")

        name = hashlib.sha256((settings + delivery).encode()).hexdigest()
        return once(shared / f"lacking-{name}", make)

    return made
