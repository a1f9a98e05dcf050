"""`index.html`: what there is to open and why, and each gemeente with what matters of it."""

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.plan import Page
from mma_analysis.publish.templates import corrected_on, written
from mma_analysis.settings import Edition
from mma_analysis.show.figure import table_html
from mma_analysis.show.reading import Reading
from mma_analysis.show.text import fill
from mma_analysis.vocabulary import Area

COLUMNS = {
    "gemeente": "Gemeente",
    "sinds": "Aangesloten sinds",
    "aantal": "Meldingen",
    "tempo": "Per 10.000 inwoners per jaar",
    "resultaat": "Resultaat opgeschreven",
}
FORMS = {"sinds": "short_month", "tempo": "grenzen", "resultaat": "balk"}
KILO = 1_000
LEAD = """
{% if totaal %}In {{ naam }} kwamen {{ totaal }} anonieme meldingen binnen.{% endif %}
Begin bij het rapport van het district, of kies een gemeente.
"""


def index_html(edition: Edition, processed: Path, missing: Mapping[Page, str], folder: Path) -> str:
    """Write the way in to all pages.

    `missing`: the pages that are not there, and why, in words. `folder` has the other files, of
    which it says how large they are.
    """
    e = Reading(Evaluation(edition.vocabulary.district, edition, "openbaar", processed))
    absent = {Path(page.path).name: why for page, why in missing.items()}
    rows = [_row(e, area, f"{area.slug}.html" in absent) for area in edition.vocabulary.gemeenten]
    table = table_html(pd.DataFrame(rows, dtype=object), COLUMNS, FORMS, "Alle gemeenten")
    lead = fill(LEAD, {"e": e, "totaal": e.meldingen().count, "naam": e.naam})
    return written(
        "index.html",
        edition=edition,
        district=e.evaluation.area,
        lead=lead,
        table=table,
        sizes={path.name: size(path) for path in folder.iterdir() if path.name not in absent},
        absent={page.title: why for page, why in missing.items()},
        maker=edition.opsteller,
        nul=e.bijna_niets,
        basis=e.instelling("bescherming.basis"),
        corrected=corrected_on(edition),
    )


def size(path: Path) -> str:
    """How large a file is, rounded up: `24 kB`, `2 MB`."""
    kilobytes = math.ceil(path.stat().st_size / KILO)
    return f"{kilobytes} kB" if kilobytes < KILO else f"{math.ceil(kilobytes / KILO)} MB"


def _row(e: Reading, area: Area, is_absent: bool) -> dict[str, object]:
    """What the index says of one gemeente, each number with its cell."""
    received = e.meldingen(area.slug)
    known = e.een("completeness", area=area.slug, period="whole", field="result")
    kept = known and (known.share if known.share.state != "unknown" else known.woord("registers"))
    link = Markup('<a href="{}.html">{}</a>').format(area.slug, area.name)
    return {
        "gemeente": area.name if is_absent else link,
        "sinds": e.een("connection", area=area.slug).woord("connected_on"),
        "aantal": received.count if received else None,
        "tempo": received.per_10000 if received else None,
        "resultaat": kept if known else None,
    }
