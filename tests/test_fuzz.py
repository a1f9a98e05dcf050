"""Files of the corpus with something changed: read, or refused in words; never a traceback."""

import random
from pathlib import Path

import pytest

from mma_analysis import clean, read
from mma_analysis.vocabulary.errors import MmaError
from small_edition import delivers

FILES = sorted((Path(__file__).parent / "corpus" / "files").iterdir())
MUTATED = 500
SEED = 45
# What stands in files of gemeenten and means something to a reader of tables.
PIECES = [b";", b'"', b"\n", b"\t", b"\x00", b"\xff\xfe", b"PK\x03\x04", b"31-2-2022", b"x"]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The file with a piece left out, doubled, swapped, cut off or put between."""
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + chance.randrange(1, 200))
    piece = content[start:end]
    ways = [
        content[:start] + content[end:],
        content[:end] + piece + content[end:],
        content[:start] + piece[::-1] + content[end:],
        content[:start],
        content[:start] + chance.choice(PIECES) + content[start:],
    ]
    return chance.choice(ways)


@pytest.mark.slow
def test_a_mutated_file_is_read_or_refused_and_no_row_is_lost(tmp_path):
    chance = random.Random(SEED)  # noqa: S311  # the same files in every run
    said: list[str] = []
    for _ in range(MUTATED):
        path = chance.choice(FILES)
        content = mutated(path.read_bytes(), chance)
        edition = delivers(tmp_path, content, path.name)
        try:
            delivery = read.read_delivery(edition, path.name)
            made = clean.clean_meldingen([delivery], edition)
        except MmaError as error:
            said.append(str(error))
            continue
        parts = (made.meldingen, made.rejected, made.duplicates)
        assert sum(map(len, parts)) == len(delivery.rows)
    assert 0 < len(said) < MUTATED
    places = [f"{path.name}" for path in FILES] + ["evaluatie.toml", "losser"]
    assert [text for text in said if not any(place in text for place in places)] == []
