"""Two periods of the same gemeenten side by side: where growth comes from, and who has more."""

import pandas as pd

from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import YEAR, complete_years
from mma_analysis.measure.rates import CANNOT_TELL, with_ratio
from mma_analysis.measure.released import NOT_APPLICABLE
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean

CAUSES = ["new", "months", "same"]
GROWTH = ["period_from", "period_to", "count_from", "count_to", *CAUSES]
ENDS = ("from", "to")
FEWEST_MELDINGEN = 10  # in both periods together: below this a comparison says nothing
# Connected in each of the two years, to the nearest half: six calendar months are 5.95 to 6.05.
FEWEST_MONTHS = 6.0


def growth_between(
    vocabulary: Vocabulary, counts: pd.DataFrame, first: str, last: str
) -> pd.DataFrame:
    """Split the growth between any two periods into its three causes, per gemeente and in all.

    `new`: no connected time in the first period; then all that came in the last. `months`: more or
    less connected time. `same`: more or fewer per connected month (Kitagawa 1955); what came before
    the connection lowers it. The three add up exactly to the growth.

    Receipts `counts`: `area`, `period`, `count`, `connected_months`, missing when hidden or
    unknown; one row per gemeente for each of both periods.
    `first` and `last`: codes of two periods, which may be of unlike length.

    One row per gemeente, and one for the district, their sum: `area`, `period_from`, `period_to`,
    `count_from`, `count_to`, `new`, `months`, `same`; the causes are missing when a count or the
    time is, and for the district when they are for any.

    Raises
    ------
    UsageError
        When a period is not in the table.

    Examples
    --------
    Two a month for half a year, then three a month for a whole year:

    >>> own = pd.DataFrame({"area": "borne", "period": ["a", "b"], "count": [12, 36]})
    >>> own = own.assign(connected_months=[6.0, 12.0])
    >>> split = growth_between(Vocabulary(), own, "a", "b")
    >>> split[["new", "months", "same"]].iloc[0].to_list()
    [0.0, 15.0, 9.0]
    """
    known = list(counts["period"].unique())
    for code in (first, last):
        if code not in known:
            near = did_you_mean(code, known)
            raise UsageError(f"no counts of period '{code}' in the table{near}")
    district = vocabulary.district.slug
    both = counts[counts["period"].isin([first, last])]
    wide = timed_periods(both, first, last)
    wide = pd.concat([wide, wide.sum(skipna=False).to_frame(district).T])
    causes = _causes(wide.iloc[:-1])
    causes = pd.concat([causes, causes.sum(skipna=False).to_frame(district).T])
    split = causes.assign(
        period_from=first, period_to=last, count_from=wide["n_from"], count_to=wide["n_to"]
    )
    return split.rename_axis("area").reset_index()[["area", *GROWTH]]


def growth_per_gemeente(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """The growth of each gemeente between the last two complete years, when there are two.

    One row per gemeente that delivered, with the columns of `growth_between`.
    """
    grown = _grown(of, per_period)
    return grown[grown["area"] != of.vocabulary.district.slug].reset_index(drop=True)


def growth_split(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """The growth of what all gemeenten received together, as `growth_per_gemeente`.

    One row with the columns of `growth_between` but `area`; none when nobody delivered, there are
    no two years, or the connection date of a gemeente that delivered is not known.
    """
    grown = _grown(of, per_period)
    of_all = grown[grown["area"] == of.vocabulary.district.slug].dropna()
    return of_all[GROWTH].reset_index(drop=True)


def _grown(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Each gemeente that delivered, and what they received together under the district's name."""
    years, own = complete_years(of.periods)[-2:], _of_delivered(of, per_period)
    if len(years) < 2 or own.empty:
        return pd.DataFrame(columns=["area", *GROWTH])
    not_yet = own["state"] == NOT_APPLICABLE
    return growth_between(of.vocabulary, own.assign(count=own["count"].mask(not_yet, 0)), *years)


def _of_delivered(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    return per_period[per_period["area"].isin(of.delivered)]


def year_on_year(
    of: Frame, per_period: pd.DataFrame, public_per_period: pd.DataFrame
) -> pd.DataFrame:
    """Compare each gemeente's last two complete years, per connected month, as `with_ratio`.

    Not for the district: there a large gemeente that joins would look like a higher rate. All
    gemeenten are looked at together.

    One row per gemeente: `area`, `ratio`, `low`, `high`, `verdict` in `more`, `fewer`, `no_change`,
    `cannot_tell` (no count, fewer than `FEWEST_MELDINGEN`, or less than `FEWEST_MONTHS` connected
    in a year).
    """
    own, public = _two_years(of, per_period), _two_years(of, public_per_period)
    found = with_ratio(_enough(own), _enough(public)).reindex(own.index)
    return found.fillna({"verdict": CANNOT_TELL}).rename_axis("area").reset_index()


def _two_years(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """The last two complete years of each gemeente, as `timed_periods`."""
    own = per_period[per_period["area"] != of.vocabulary.district.slug]
    years = of.periods[of.periods["kind"].eq(YEAR) & of.periods["is_complete"]]["period"].tail(2)
    table = own[own["period"].isin(years)]
    first, last = ["", "", *years][-2:]
    return timed_periods(table, first, last)


def _enough(wide: pd.DataFrame) -> pd.DataFrame:
    """The gemeenten with enough meldingen and months to be compared."""
    enough = wide["n_from"] + wide["n_to"] >= FEWEST_MELDINGEN
    shortest = wide[["t_from", "t_to"]].min(axis=1, skipna=False)
    return wide[enough & ((shortest * 2).round() / 2 >= FEWEST_MONTHS)]


def both_periods(
    table: pd.DataFrame, keys: list[str], values: list[str], first: str, last: str
) -> pd.DataFrame:
    """Values of two periods side by side: `<value>_from` and `<value>_to`, on the keys of both."""
    ends = [
        table[(table["period"] == code).to_numpy()].set_index(keys)[values].add_suffix(f"_{end}")
        for end, code in zip(ENDS, (first, last), strict=True)
    ]
    return pd.concat(ends, axis=1)


def timed_periods(counts: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """Counts and connected months of two periods per area: `n_from`, `n_to`, `t_from`, `t_to`, and
    the `basis` of the counts."""
    known = counts if "basis" in counts else counts.assign(basis=1)
    short = known.rename(columns={"count": "n", "connected_months": "t"})
    short = short.astype({"n": "float64", "t": "float64"})
    basis = known.groupby("area", sort=False)["basis"].max()
    wide = both_periods(short, ["area"], ["n", "t"], first, last)
    return wide.reindex(basis.index).assign(basis=basis)


def _causes(wide: pd.DataFrame) -> pd.DataFrame:
    """The three causes per row of `timed_periods`; they add up to the growth of that row."""
    growth = wide["n_to"] - wide["n_from"]
    is_new = wide["t_from"] == 0
    rate_from, rate_to = (wide[f"n_{w}"] / wide[f"t_{w}"].where(wide[f"t_{w}"] > 0) for w in ENDS)
    months = (wide["t_to"] - wide["t_from"]) * (rate_from + rate_to) / 2
    causes = pd.DataFrame(
        {"new": wide["n_to"].where(is_new, 0.0), "months": months.mask(is_new, 0.0)}
    )
    causes = causes.assign(same=growth - causes["new"] - causes["months"])
    return causes.where(causes.notna().all(axis=1))
