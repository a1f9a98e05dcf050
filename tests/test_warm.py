"""What every page needs is ready before the first: no text cell of ours is compiled again."""

import os
import shutil
import subprocess
import sys

from mma_analysis.vocabulary import PACKAGE

# As IPython hands a cell to its magic: by its own rules, and not by what `warm` thinks of them.
PROGRAM = """
import ast, json
from IPython.core.inputtransformer2 import TransformerManager
from mma_analysis.publish import warm
from mma_analysis.settings import NOTEBOOKS, shipped
from mma_analysis.show import text

def done():
    return text.compiled.cache_info().misses + text.typed_words.cache_info().misses

before = done()
number = 0
for path in shipped(NOTEBOOKS).glob("*.ipynb"):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith(warm.TEXT_CELL_BEGINS):
            call = ast.parse(TransformerManager().transform_cell(source)).body[0].value
            handed = ast.literal_eval(call.args[2])
            text.compiled(text.shared_sentences({}), chr(10) + handed)
            text.typed_words(chr(10) + handed)
            number += 1
print(number, done() - before)
"""


def test_no_text_cell_of_ours_is_compiled_again_by_a_page():
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    number, compiled_again = ended.stdout.split()
    assert int(number) > 40
    assert compiled_again == "0"


# A worker that is kept has its code in memory: what changes on disk later, it does not run.
WORKER = """
import pathlib, sys
from mma_analysis.publish import warm
from mma_analysis import storage
here = pathlib.Path(storage.__file__).parent / "folders.py"
here.write_text(here.read_text("utf-8") + "\\n# a later version\\n", encoding="utf-8")
print(storage.made_with()["code en sjablonen"])
"""
FRESH = "from mma_analysis import storage; print(storage.made_with()['code en sjablonen'])"


def test_a_page_is_marked_with_the_code_that_made_it_and_not_with_what_lies_on_disk_since(tmp_path):
    source = tmp_path / "src"
    shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parents[1] / "notebooks", tmp_path / "notebooks")
    environment = os.environ | {"PYTHONPATH": str(source)}

    def said(program: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=tmp_path,
        )
        return ended.stdout.strip()

    before = said(FRESH)
    of_the_worker = said(WORKER)
    after = said(FRESH)

    assert of_the_worker == before
    assert after != before
