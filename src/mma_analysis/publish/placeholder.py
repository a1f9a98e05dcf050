"""What stands in the place of a page that could not be made."""

from mma_analysis.publish.plan import Page
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition, Voorstel


def placeholder_html(page: Page, edition: Edition, reason: str) -> str:
    """Say that a report is not there, why (a Dutch clause without a full stop), and whom to ask."""
    return written(
        "placeholder.html",
        title=edition.evaluatie.titel,
        page=page,
        reason=reason,
        ask=_whom_to_ask(edition.voorstel or Voorstel()),
    )


def _whom_to_ask(voorstel: Voorstel) -> str:
    if not voorstel.behandeld_door:
        return "Vraag ernaar bij de analist die deze evaluatie maakt."
    phone = f", telefoon {voorstel.telefoonnummer}" if voorstel.telefoonnummer else ""
    return f"Vraag ernaar bij {voorstel.behandeld_door}{phone}."
