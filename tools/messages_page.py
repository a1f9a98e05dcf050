"""`docs/handleiding/fouten.md`, written from the messages that people get.

`python -m tools.messages_page docs/handleiding/fouten.md` writes it again.
"""

import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from mma_analysis.vocabulary import message

TOP = (
    "# Als er een fout komt\n\n"
    "In een fout staat altijd waar het is, wat er mis is, en wat u doet. **De inhoud van een "
    "melding staat er niet in**, behalve wat iemand in een kop schreef. Bij een fout in een "
    "bestand verandert er niets: de vorige rapporten blijven staan. Zijn er meer bestanden fout, "
    "dan staan ze er allemaal; ook wat er achter de eerste fout van een bestand schuilt, voor "
    "zover dat al te zien is.\n\n"
    "Hieronder staan de fouten die u het vaakst ziet, in de woorden van het programma.\n"
)
END = (
    "\n## Het getal aan het eind\n\n"
    "0 is goed, 1 is een fout, 2 is een fout in de opdracht of in `evaluatie.toml`. Bij 3 zijn "
    "sommige pagina's er niet, of moet er nog getekend worden (bij `mma audit` en `mma bundle`). "
    "130 is dat u stopte. Met `--json` "
    "staat ook een fout in het JSON-object: `error` en `code`.\n"
)


def page() -> str:
    """The page: what each message that is explained looks like, and what to do."""
    path = files("mma_analysis").joinpath("vocabulary", "messages.toml")
    explained: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["uitleg"]
    return "".join([TOP, *map(_entry, explained), END])


def _entry(one: dict[str, Any]) -> str:
    shown = "\n".join(message(code, **words) for code, words in one["voorbeeld"])
    return f"\n## {one['kop']}\n\n```\n{shown}\n```\n\n{one['tekst'].strip()}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")
