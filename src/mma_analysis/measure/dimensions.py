"""What each count is about, in words of no edition alone, and which meldingen it counts."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.measure.counts import (
    DELIVERED,
    DUPLICATE,
    READ,
    REJECTED,
    SINCE,
    area_of_tips,
    categories,
    hierarchies,
)
from mma_analysis.measure.frame import DOUBLE, RECEIVED, Frame
from mma_analysis.vocabulary import TOTAL

RECEIPTS, TIPS, AGAIN = "receipts", "tips", "again"
DIMENSIONS = ["gemeenten", "counted", "period", "family", "codes"]
MELDINGEN = "clean"  # what counts, of the rows that were read


def dimensions(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Say of each count (`measure.Counts`) what it is about, without a word of one edition alone.

    On its name: `gemeenten` (slugs, with commas), `counted` (`receipts`, `tips`, or `again`:
    receipts of tips that came in before), `period` (`first/last` day, with commas when there are
    more), `since` (months since the connection), `family` and `codes`: of which of the finest
    classes it is the sum (both empty for a total). A count of no day at all has no row.
    """
    links, is_since = hierarchies(of), cells["kind"].eq(SINCE)
    who = dict(zip(of.delivered, of.delivered, strict=True))
    who |= (
        links[links["part"].isin(who)]
        .groupby("whole")["part"]
        .agg(lambda slugs: ",".join(sorted(slugs)))
        .to_dict()
    )
    who |= dict.fromkeys([of.district, DOUBLE], who.get(RECEIVED, ""))
    read = ",".join((MELDINGEN, DUPLICATE, REJECTED))
    what = {f"{TOTAL}:{TOTAL}": ("", ""), f"{DELIVERED}:{READ}": (DELIVERED, read)}
    is_coarser = links["dimension"].eq("class") & ~links["whole"].isin(what)
    finer = links[is_coarser & ~links["part"].str.contains("+", regex=False)]
    for whole, parts in finer.groupby("whole")["part"]:
        families, codes = zip(*(part.split(":") for part in parts), strict=True)
        what[str(whole)] = families[0], ",".join(sorted(codes))
    about = (cells["breakdown"] + ":" + cells["value"]).map(what)
    table = pd.DataFrame(
        {
            "gemeenten": cells["area"].map(who),
            "counted": cells["area"].map({of.district: TIPS, DOUBLE: AGAIN}).fillna(RECEIPTS),
            "period": (cells["area"] + " ").where(is_since, "").add(cells["period"]).map(_days(of)),
            "since": cells["period"].where(is_since, ""),
            "family": about.str[0].fillna(cells["breakdown"]),
            "codes": about.str[1].fillna(cells["value"]),
        }
    )
    return table.dropna().query("gemeenten != ''").astype("str")


def _days(of: Frame) -> dict[str, str]:
    """Period, or area and months since the connection → its days."""
    spans: dict[str, list[str]] = {}
    for _, sides in of.windows.items():
        for _, run in of.calendar.groupby(sides.ne(sides.shift()).cumsum()):
            days = f"{run['begin'].iloc[0]:%Y-%m-%d}/{run['end'].iloc[-1]:%Y-%m-%d}"
            spans.setdefault(sides[run.index[0]], []).append(days)
    # Months since the connection are other days for every gemeente, and for all together none.
    since: dict[str, list[str]] = {}
    for row in of.days_since.to_dict("records"):
        since[f"{RECEIVED} {row['value']}"] = [f"{SINCE} {row['value']}"]
        if row["begin"] <= row["end"]:
            days = f"{row['begin']:%Y-%m-%d}/{row['end']:%Y-%m-%d}"
            since[f"{row['area']} {row['value']}"] = [days]
    return {period: ",".join(days) for period, days in (spans | since).items()}


def membership(table: pd.DataFrame, meldingen: pd.DataFrame, of: Frame) -> csr_array:
    """Say which meldingen each count counts: a row per count of `table`, a column per melding.

    A way of counting of its own: by the days, gemeenten and codes of `dimensions`. Of what is no
    melding (rejected, read) and of what is not of days there is none.
    """
    meldingen = meldingen.reset_index(drop=True)
    of_rows = categories(meldingen, of)
    places, gemeenten = of_rows.index.to_numpy(), of_rows["gemeente"].astype("str")
    days = meldingen["received_on"].dt.strftime("%Y-%m-%d").to_numpy()[places]

    def is_inside(slugs: list[str], counted: str) -> np.ndarray:
        inside = gemeenten.isin(slugs).to_numpy()
        if counted == RECEIPTS:
            return inside
        is_again = area_of_tips(of.vocabulary, meldingen[meldingen["gemeente"].isin(slugs)])
        again = is_again.eq(DOUBLE).reindex(places, fill_value=False).to_numpy()
        return inside & (again == (counted == AGAIN))

    is_none = table["family"].eq(DELIVERED) | table["period"].str.startswith(SINCE)
    numbered = table.assign(number=range(len(table)))[~is_none.to_numpy()]
    areas: dict[tuple[str, str], np.ndarray] = {}
    rows, columns = [np.array([], dtype="int64")], [np.array([], dtype="int64")]
    for key, counts in numbered.groupby(DIMENSIONS[:-1], sort=False):
        slugs, counted, period, family = map(str, key)
        if (slugs, counted) not in areas:
            areas[slugs, counted] = is_inside(slugs.split(","), counted)
        spans = [span.split("/") for span in period.split(",")]
        on_a_day = np.any([(days >= first) & (days <= last) for first, last in spans], axis=0)
        here = np.flatnonzero(areas[slugs, counted] & on_a_day)
        value = of_rows[family].astype("str").to_numpy()[here] if family else None
        for number, codes in zip(counts["number"], counts["codes"], strict=True):
            counted_here = here if value is None else here[np.isin(value, codes.split(","))]
            rows.append(np.full(len(counted_here), number))
            columns.append(places[counted_here])
    at = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(at[0]), dtype=np.int64), at), (len(table), len(meldingen)))
