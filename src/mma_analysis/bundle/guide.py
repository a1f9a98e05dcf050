"""`leeswijzer.txt`: what is in a bundle, for who opens it, in Dutch."""

from collections.abc import Sequence

from mma_analysis.bundle.contents import INTERN, Recipient
from mma_analysis.settings import Edition

GUIDE, CHECKSUMS = "leeswijzer.txt", "controlegetallen.txt"

WHAT = {
    "index.html": "begin hier: de kaart van het district, met een verwijzing naar elk rapport",
    "district.html": "het rapport over het hele district",
    "bijlage.xlsx": "alle cijfers uit de rapporten, als tabellen",
    "voorstel-dvo.docx": "het voorstel aan het DVO, om in Word aan te vullen",
    "voorstel-dvo.html": "hetzelfde voorstel, om te lezen",
    "manifest.json": "voor de techniek: waaruit deze bestanden zijn gemaakt",
    "kwaliteit.html": "de brief over uw levering: wat wij telden, en wat u kunt herstellen",
}
FOR_EVERYONE = """\
Voor wie
  Voor het Districtelijk Veiligheidsoverleg (DVO). Wie daarbuiten deze bestanden
  mag zien, beslist het DVO.
  Kleine aantallen staan er niet in. Zo is niemand te herkennen die iets meldde.
"""
FOR_ONE = """\
Voor wie
  Alleen voor de gemeente {name}. Hier staan uw eigen aantallen, ook de kleine.
  Een klein aantal kan naar een melder wijzen. Stuur deze bestanden niet door buiten
  uw gemeente, en zet ze niet op een website of een gedeelde schijf.
  Van andere gemeenten staat er alleen wat openbaar is.
"""
HOW = """\
Zo opent u een rapport
  Pak het zip-bestand eerst uit. Dubbelklik dan op een bestand dat eindigt op .html.
  Het opent in uw browser en heeft geen internet nodig. Er wordt niets verstuurd.

Wat u ziet
  0       er waren er geen
  ·       er is een aantal, maar wij tonen het niet
  ~       er zijn te weinig meldingen om dit apart te tonen
  –       er is niets geleverd
  ?       het is niet vast te stellen
  n.v.t.  de gemeente was toen nog niet aangesloten

Is het bestand heel?
  In {checksums} staat van elk bestand een controlegetal (sha256). Uw
  ICT-afdeling kan daarmee nagaan of er onderweg niets is veranderd.
"""
INVENTED = "De cijfers in deze bestanden zijn verzonnen: dit is een voorbeeld.\n"


def guide(recipient: Recipient, edition: Edition, names: Sequence[str]) -> str:
    """Write the reading guide of one bundle.

    Parameters
    ----------
    names
        The files that it explains.
    """
    title = edition.evaluatie.titel
    who = FOR_ONE.format(name=recipient.name) if recipient.audience == INTERN else FOR_EVERYONE
    width = max(len(name) for name in (*names, CHECKSUMS))
    rows = [f"  {name:<{width}}  {_what(edition, name, recipient)}" for name in _in_order(names)]
    rows.append(f"  {CHECKSUMS:<{width}}  om na te gaan of de bestanden heel zijn aangekomen")
    files = "\n".join(["Wat erin zit", *rows]) + "\n"
    parts = [f"{title}\n{'=' * len(title)}\n", who, files, HOW.format(checksums=CHECKSUMS)]
    if edition.evaluatie.fictief:
        parts.insert(1, INVENTED)
    return "\n".join(parts)


def _what(edition: Edition, name: str, recipient: Recipient) -> str:
    if recipient.audience == INTERN and name == f"{recipient.slug}.html":
        return "het rapport over uw gemeente, met uw eigen aantallen"
    names = {f"{area.slug}.html": area.name for area in edition.vocabulary.gemeenten}
    about = f"het rapport over de gemeente {names[name]}" if name in names else ""
    return WHAT.get(name) or about or "hoort bij de rapporten"


def _in_order(names: Sequence[str]) -> list[str]:
    """What to open first comes first."""
    first = [name for name in WHAT if name in names and name != "manifest.json"]
    pages = [name for name in names if name.endswith(".html") and name not in first]
    begin = [name for name in first if name in ("index.html", "district.html")]
    return list(dict.fromkeys([*begin, *pages, *first, *names]))
