"""`mma`: the commands. Each is a few lines around one function."""

from mma_analysis.cli import editions, pages, status
from mma_analysis.cli.console import app, main
