"""Who gets a bundle, which finished files are in it, and what its reading guide says."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Template

from mma_analysis.settings import Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean

DVO = "dvo"
OPEN, INTERN = "openbaar", "intern"
GUIDE, CHECKSUMS = "leeswijzer.txt", "controlegetallen.txt"
# What a reader is told of a file: these first, then pages of gemeenten, then the rest.
FIRST = {
    "index.html": "begin hier: de kaart van het district, met een verwijzing naar elk rapport",
    "district.html": "het rapport over het hele district",
}
THEN = {
    "bijlage.xlsx": "alle cijfers uit de rapporten, als tabellen",
    "bijlage.csv": "dezelfde cijfers, voor een programma",
    "voorstel-dvo.docx": "het voorstel aan het DVO, om in Word aan te vullen",
    "voorstel-dvo.html": "hetzelfde voorstel, om te lezen",
    "kwaliteit.html": "de brief over uw levering: wat wij telden, en wat u kunt herstellen",
    "eigen-cijfers.xlsx": "uw eigen cijfers en antwoorden, als tabellen",
    "hoe-wij-telden.html": "hoe u de cijfers leest, en wat woorden betekenen",
    "manifest.json": "voor de techniek: waaruit deze bestanden zijn gemaakt",
}


@dataclass(frozen=True)
class Recipient:
    """Who gets a bundle: the DVO, or one gemeente."""

    slug: str
    name: str
    audience: str
    folder: str

    def files(self, reports: Path) -> dict[str, Path]:
        """Name in the bundle → finished file, in the order of the names; no other file is there."""
        folder = reports / self.folder
        there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
        ours = (f"{self.slug}.html", "kwaliteit.html", "eigen-cijfers.xlsx")
        strange = [name for name in there if self.audience == INTERN and name not in ours]
        if strange:
            raise DataError(
                f"{folder}: {', '.join(strange)} is no page or letter of {self.name}; take it out "
                "and run `mma audit`"
            )
        return there


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Recipient]:
    """The recipients that are asked for: the DVO gets all that is openbaar, a gemeente its own.

    `only`: `dvo`, or slugs of gemeenten; the district's slug is the DVO too.
    """
    everyone = [Recipient(DVO, "het DVO", OPEN, OPEN)]
    everyone += [
        Recipient(a.slug, a.name, INTERN, f"{INTERN}/{a.slug}") for a in vocabulary.gemeenten
    ]
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    known = [recipient.slug for recipient in everyone]
    for slug in asked:
        if slug not in known:
            raise UsageError(f"no recipient '{slug}'{did_you_mean(slug, known)}")
    chosen = [
        recipient
        for recipient in everyone
        if (not asked or recipient.slug in asked) and audience in (None, recipient.audience)
    ]
    if not chosen:
        raise UsageError(f"{', '.join(only)} gets no bundle for audience '{audience}'")
    return chosen


def guide(recipient: Recipient, edition: Edition, names: Sequence[str]) -> str:
    """Write `leeswijzer.txt`: what these files of one bundle are, for who opens it, in Dutch."""
    is_own = recipient.audience == INTERN
    pages = {
        f"{area.slug}.html": f"het rapport over de gemeente {area.name}"
        for area in edition.vocabulary.gemeenten
    }
    if is_own:
        pages[f"{recipient.slug}.html"] = "het rapport over uw gemeente, met uw eigen aantallen"
    what = FIRST | pages | THEN
    in_order = [name for name in what if name in names]
    in_order += [name for name in names if name not in what]
    rows = [(name, what.get(name, "hoort bij de rapporten")) for name in in_order]
    rows.append((CHECKSUMS, "om na te gaan of de bestanden heel zijn aangekomen"))
    source = files("mma_analysis.bundle").joinpath("leeswijzer.txt.j2").read_text("utf-8")
    template = Template(source, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return template.render(
        title=edition.evaluatie.titel,
        invented=edition.evaluatie.fictief,
        gemeente=recipient.name if is_own else "",
        rows=rows,
        width=max(len(name) for name, _ in rows),
    )
