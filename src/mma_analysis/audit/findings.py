"""What the audit finds: which file, which place, what kind of leak. Never the value itself."""

import hashlib
from dataclasses import dataclass

# Kind → what is the matter and what to do, for the analyst.
KINDS = {
    "cell": "een getal dat niet is wat zijn vindplaats zegt. Haal het op uit de tabel",
    "origin": "een getal met een vindplaats die er voor deze lezers niet is. Kies een rij van een "
    "tabel die zij mogen zien",
    "bare": "een getal of een vergelijking zonder vindplaats. Haal het op uit een tabel, of zeg "
    "wat het is met `vast(getal, waarom)`",
    "mark": "een figuur tekent of zegt iets dat niet in zijn tabel staat. Geef figuur() de tabel "
    "met haar kolom `cell`",
    "file": "een databestand zegt iets anders dan de tabel erbij. Maak de pagina opnieuw",
    "word": "een woord dat niet van ons is. Gebruik andere woorden, of zet de tekst in een eigen "
    "notebook van de editie",
    "sign": "een teken of een spelling die onze teksten niet hebben. Schrijf het gewoon",
    "markup": "iets dat wij niet zo maken: een element, een opmaak, een script of een deel. Maak "
    "het bestand opnieuw",
    "unread": "dit is niet na te kijken, of het hoort niet bij deze set. Haal het weg",
    "unattacked": "het is niet bekend wat deze cijfers verraden: de aanval erop liep niet af. "
    "Draai `mma prepare` opnieuw",
    "delivered": "iets uit een levering of een antwoord. Haal het weg",
    "person": "iets dat naar een persoon kan wijzen. Haal het weg",
    "trace": "een spoor van hoe, waar of wanneer dit is gemaakt. Haal het weg",
    "external": "een adres buiten het bestand. Haal het weg",
}
# What two people may decide to let stand: a public telephone number, a name that is a street.
SIGNABLE = ("delivered", "person", "external", "unattacked")


@dataclass(frozen=True, order=True)
class Finding:
    """One leak: the file below the edition's reports, the place in it, and what kind it is.

    `source` is where it came from in the deliveries (file, sheet, row, column), when that is known;
    `mark` stands for the words that were found, and changes with them.
    """

    file: str
    place: str
    kind: str
    source: str = ""
    mark: str = ""

    @property
    def id(self) -> str:
        """A short name that stays the same as long as file, place and kind do."""
        parts = "\n".join((self.file, self.place, self.kind, self.source))
        return hashlib.sha256(parts.encode()).hexdigest()[:10]

    @property
    def content(self) -> str:
        """What two people sign for: other words in the same place are another finding."""
        return hashlib.sha256(f"{self.id}\n{self.mark}".encode()).hexdigest()

    @property
    def sentence(self) -> str:
        """What is the matter, where, and what to do, for the analyst; the value is not in it."""
        source = f" (komt uit {self.source})" if self.source else ""
        return f"{self.file}, {self.place}: {KINDS[self.kind]}{source}"


def marked(words: str) -> str:
    """What stands for these words, in the place of the words themselves."""
    return hashlib.sha256(words.encode()).hexdigest()
