"""Evaluate Meld Misdaad Anoniem in the gemeenten of a police district."""

from importlib.metadata import version

__version__ = version("mma-analysis")
