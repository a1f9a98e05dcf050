"""The proposal to the DVO: its heading, and what is advised."""

from mma_analysis.show.proposal.advice import UNDECIDED, Advice
from mma_analysis.show.proposal.paper import BODY, Field, Proposal, proposal

__all__ = ["BODY", "UNDECIDED", "Advice", "Field", "Proposal", "proposal"]
