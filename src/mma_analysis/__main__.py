"""`python -m mma_analysis` is `mma`."""

from mma_analysis.cli import main

main()
