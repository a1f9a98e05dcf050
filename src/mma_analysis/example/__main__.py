"""Write the example edition: `python -m mma_analysis.example [FOLDER] [--truth FILE]`."""

import argparse
from pathlib import Path

from mma_analysis.example.edition import write


def main() -> None:
    """Write the edition and its truth file where the command line says."""
    parser = argparse.ArgumentParser(prog="python -m mma_analysis.example", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/raw/voorbeeld-2023"))
    parser.add_argument("--truth", type=Path, default=Path("tests/truth/voorbeeld-2023.json"))
    arguments = parser.parse_args()
    write(arguments.folder, arguments.truth)


if __name__ == "__main__":
    main()
