"""Which months had more or fewer meldingen than was to be expected: information, no alarm."""

from collections.abc import Sequence

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, words
from mma_analysis.show.facts import Received, real

NOTE = (
    "Verwacht: gezien de maanden ervoor en het aantal inwoners van de aangesloten gemeenten. "
    f"Een {words.CANNOT_TELL}: niet vast te stellen, want er zijn te weinig maanden ervoor of het "
    "aantal tonen wij niet."
)
TOO_FEW = (
    "Of een maand opvalt, is niet vast te stellen: daarvoor zijn minstens twaalf getoonde maanden "
    "ervoor nodig."
)
NO_ALARM = (
    "Ook door toeval alleen ligt ongeveer één op de twintig maanden buiten het vlak. Het is "
    "informatie, geen alarm."
)


def ranges(e: Evaluation) -> dict[str, tuple[float, float]]:
    """Month → smallest and largest number to be expected, where that can be told."""
    found = {}
    for _, row in e.of_district("expected_months").iterrows():
        low, high = real(row["low"]), real(row["high"])
        if low is not None and high is not None:
            found[str(row["period"])] = (low, high)
    return found


def cell(month: charts.Month) -> str:
    """The range for a table."""
    if month.low is None or month.high is None:
        return words.CANNOT_TELL
    return words.between(month.low, month.high)


def sentence(rows: Sequence[Received], months: Sequence[charts.Month]) -> str:
    """Which months lie outside what was to be expected."""
    told = [month for month in months if month.high is not None]
    if not told:
        return TOO_FEW
    outside = [
        f"{words.month(row.period.begin)} ({row.count.text})"
        for row, month in zip(rows, months, strict=True)
        if month.is_outside
    ]
    begin = "Het lichtblauwe vlak is wat te verwachten was, gezien de maanden ervoor."
    if not outside:
        is_all = len(told) == len(months)
        who = "Geen enkele maand" if is_all else "Geen van de maanden met dit vlak"
        return f"{begin} {who} ligt daarbuiten."
    verb = "Eén maand ligt" if len(outside) == 1 else f"{len(outside)} maanden liggen"
    return f"{begin} {verb} daarbuiten (ruitje): {words.listing(outside)}. {NO_ALARM}"
