"""Editions that lack something, each prepared from a file of a few meldingen."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from mma_analysis.pipeline import prepare
from mma_analysis.settings import Workspace
from small_edition import settings

Editions = Callable[..., Workspace]

ONE_GEMEENTE = settings({"borne": "x.csv"}, borne="2022-02-01")
MANY = [f"2022-{month:02}-10" for month in range(2, 13)] * 2
MORE_AND_MORE = [day.replace("2022", "2021") for day in MANY[5:11]] + MANY[:5] * 2
MORE_AND_MORE += [f"{day[:-1]}{n}" for day in MANY[5:11] for n in range(8)]
MORE_AND_MORE += [f"2023-{month:02}-1{n}" for month in range(1, 7) for n in range(8)]
LACKING: dict[str, tuple[str, Sequence[str], dict[str, str]] | tuple[str, Sequence[str]]] = {
    "a delivery without meldingen": (ONE_GEMEENTE, []),
    "one melding": (ONE_GEMEENTE, MANY[:1]),
    "one gemeente and no survey, costs or campaigns": (ONE_GEMEENTE, MANY),
    "no connection date": (ONE_GEMEENTE.replace("aangesloten = 2022-02-01\n", ""), MANY),
    "connected after the peildatum": (
        ONE_GEMEENTE.replace("aangesloten = 2022-02-01", "aangesloten = 2024-02-01"),
        [],
    ),
    "less than a year": (ONE_GEMEENTE.replace("2021-07-01", "2022-09-01"), MANY[7:11]),
    "a single month": (
        ONE_GEMEENTE.replace("2021-07-01", "2022-09-01").replace("2023-06-30", "2022-09-30"),
        ["2022-09-10"] * 6,
    ),
    "a year and a half": (ONE_GEMEENTE.replace("2023-06-30", "2022-12-31"), MANY),
    "tariffs without campaigns": (
        ONE_GEMEENTE + "[[kosten.tarief]]\nvanaf_inwoners = 0\nper_jaar = 800\nper_melding = 2\n",
        MANY,
    ),
    "a campaign without topics": (
        ONE_GEMEENTE + '[[campagnes]]\nnaam = "X"\nbegin = 2022-03-01\neind = 2022-03-02\n',
        MANY,
    ),
    "the largest basis": (ONE_GEMEENTE + "[bescherming]\nbasis = 100\n", MANY),
    "meldingen that are all about one thing, and more and more of them": (
        ONE_GEMEENTE.replace("2022-02-01", "2021-07-01"),
        MORE_AND_MORE,
        {"Status": "Afgesloten", "Resultaat": "Bevestigd", "Ook naar": "alleen gemeente"}
        | {"Onderwerp": "Drugsdelicten", "Tijdstip": "nee"},
    ),
}
QUICK = ("one gemeente and no survey, costs or campaigns", "no connection date", "one melding")


def case(lack: str, *more: str) -> Any:
    """A case for a test; most of these editions take long."""
    return pytest.param(lack, *more, marks=() if lack in QUICK else pytest.mark.slow)


@pytest.fixture(scope="session")
def editions(shared: Path) -> Editions:
    """An edition of these settings, prepared once: a melding in Borne on each of the days.

    A ninth of the meldingen has nothing but a day, and so have all where `told` is empty.
    """

    def made(settings: str, days: Sequence[str], told: dict[str, str] | None = None) -> Workspace:
        given = {"Onderwerp": ""} | (told or {})
        name = hashlib.sha256(repr((settings, days, given)).encode()).hexdigest()
        root = shared / "lacking" / name
        raw = root / "data" / "raw" / "proef"
        raw.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{root}.lock"):
            if not (root / "made").exists():
                rows = [["Meldnummer", "Datum ontvangst", "Woonplaats", *given]]
                for n, day in enumerate(days):
                    values = given.values() if n % 9 else [""] * len(given)
                    rows.append([f"M2022-{n:06}", day, "Borne", *values])
                lines = [";".join(row) for row in rows]
                (raw / "x.csv").write_text("\n".join(lines), encoding="utf-8")
                (raw / "evaluatie.toml").write_text(settings, encoding="utf-8")
                prepare(Workspace(root), "proef")
                (root / "made").touch()
        return Workspace(root)

    return made
