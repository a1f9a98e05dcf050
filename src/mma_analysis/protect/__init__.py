"""Protection: one plan for all released counts, and the attack that tries to undo it.

`plan` decides which counts are shown; `attack` says what a reader could still work out. The attack
shares no code with the plan, so that a fault in one is not repeated in the other.
"""

from mma_analysis.protect.attacker import attack, exposed, weaknesses
from mma_analysis.protect.planner import plan
from mma_analysis.protect.rounding import rounded
from mma_analysis.protect.system import RelationError, ReleasedError

__all__ = [
    "RelationError",
    "ReleasedError",
    "attack",
    "exposed",
    "plan",
    "rounded",
    "weaknesses",
]
