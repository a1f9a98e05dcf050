"""`index.html`: what there is to open and why, and each gemeente with what matters of it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
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
    "tempo": "Per maand",
    "resultaat": "Resultaat opgeschreven",
}
FORMS = {"sinds": "short_month", "tempo": "grenzen", "resultaat": "balk"}
LEAD = """
{% if totaal %}In {{ naam }} kwamen {{ totaal }} anonieme meldingen binnen.{% endif %}
Begin bij het rapport van het district, of kies een gemeente.
"""


def index_html(edition: Edition, processed: Path, missing: Mapping[str, str]) -> str:
    """Write the way in to all pages; `missing`: slug → why there is no page, in words."""
    e = Reading(Evaluation(edition.vocabulary.district, edition, "openbaar", processed))
    rows = [_row(e, area, missing.get(area.slug, "")) for area in edition.vocabulary.gemeenten]
    table = table_html(pd.DataFrame(rows, dtype=object), COLUMNS, FORMS, "Alle gemeenten")
    lead = fill(LEAD, {"e": e, "totaal": e.meldingen().count, "naam": e.naam})
    absent = {edition.vocabulary.area(slug).name: why for slug, why in missing.items()}
    return written(
        "index.html",
        edition=edition,
        district=e.evaluation.area,
        lead=lead,
        table=table,
        missing=missing,
        absent=absent,
        maker=edition.opsteller,
        nul=e.bijna_niets,
        basis=e.instelling("bescherming.basis"),
        corrected=corrected_on(edition),
    )


def _row(e: Reading, area: Area, why: str) -> dict[str, object]:
    """What the index says of one gemeente, each number with its cell."""
    received = e.meldingen(area.slug)
    known = e.een("completeness", area=area.slug, period="whole", field="result")
    kept = known and (known.share if known.share.state != "unknown" else known.woord("registers"))
    link = Markup('<a href="{}.html">{}</a>').format(area.slug, area.name)
    return {
        "gemeente": area.name if why else link,
        "sinds": e.een("connection", area=area.slug).woord("connected_on"),
        "aantal": received.count if received else None,
        "tempo": received.per_month if received else None,
        "resultaat": kept if known else None,
    }
