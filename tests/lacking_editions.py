"""Editions that lack something, each prepared from a file of a few meldingen."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import once

from mma_analysis.pipeline import issued, prepare
from mma_analysis.settings import Workspace
from small_edition import settings, write

Editions = Callable[..., Workspace]

MANY = [f"2022-{month:02}-10" for month in range(2, 13)] * 2
MORE_AND_MORE = [day.replace("2022", "2021") for day in MANY[5:11]] + MANY[:5] * 2
MORE_AND_MORE += [f"{day[:-1]}{n}" for day in MANY[5:11] for n in range(8)]
MORE_AND_MORE += [f"2023-{month:02}-1{n}" for month in range(1, 7) for n in range(8)]
DAYS = {"none": [], "one": MANY[:1], "many": MANY, "more and more": MORE_AND_MORE}
# Once more: the first one is gone, so each has another day, and some came in later.
DAYS |= {"other ones and later ones": [*MANY[1:], "2023-03-10", "2023-05-10"]}
REVISION = '\n[herziening]\ngemeenten = ["borne"]\nreden = "Een ander bestand."\n'
DAYS |= {"in the last months of 2022": MANY[7:11], "six on one day": ["2022-09-10"] * 6}


def _lacking() -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What lacks → settings, days and what is told of each melding, of `cases/lacking.toml`.

    And of what was sent and delivered again: these days, and whether it is revised.
    """
    table = tomllib.loads((Path(__file__).parent / "cases" / "lacking.toml").read_text("utf-8"))
    plain = next(iter(table.values()))
    for lack, own in table.items():
        of = plain | own
        since = {"borne": of["aangesloten"]} if of["aangesloten"] else {}
        text = settings({"borne": "x.csv"}, **since).replace("2021-07-01", of["begin"], 1)
        text = text.replace("2023-06-30", of["peildatum"]) + of["settings"]
        again = DAYS[of["again"]] if "again" in of else None
        yield lack, (text, DAYS[of["days"]], of["told"], again, of.get("revised", False))


LACKING = dict(_lacking())
QUICK = ("one gemeente and no survey, costs or campaigns", "no connection date", "one melding")


def case(lack: str, *more: str) -> Any:
    """A case for a test; most of these editions take long."""
    return pytest.param(lack, *more, marks=() if lack in QUICK else pytest.mark.slow)


@pytest.fixture(scope="session")
def editions(shared: Path) -> Editions:
    """An edition of these settings, prepared once: a melding in Borne on each of the days.

    A ninth of the meldingen has nothing but a day, and so have all where `told` is empty. When
    it is delivered `again`, with meldingen on those days, the first delivery was sent.
    """

    def made(
        settings: str,
        days: Sequence[str],
        told: dict[str, str],
        again: Sequence[str] | None = None,
        is_revised: bool = False,
    ) -> Workspace:
        delivery = _delivery(days, told)

        def make(root: Path) -> None:
            workspace = Workspace(root)
            write(workspace, "x.csv", delivery)
            write(workspace, "evaluatie.toml", settings)
            prepare(workspace, "proef")
            if again is not None:
                issued(workspace, workspace.edition("proef"), dt.date(2023, 9, 12))
                write(workspace, "x.csv", _delivery(again, told))
                write(workspace, "evaluatie.toml", settings + REVISION * is_revised)
                prepare(workspace, "proef")

        name = hashlib.sha256(f"{settings}{delivery}{again}{is_revised}".encode()).hexdigest()
        return once(shared / f"lacking-{name}", make)

    return made


def _delivery(days: Sequence[str], told: dict[str, str]) -> str:
    given = {"Onderwerp": ""} | told
    rows = [["Meldnummer", "Datum ontvangst", "Woonplaats", *given]]
    for n, day in enumerate(days):
        values = given.values() if n % 9 else [""] * len(given)
        rows.append([f"M2022-{n:06}", day, "Borne", *values])
    return "\n".join(";".join(row) for row in rows)
