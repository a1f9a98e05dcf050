"""What plan and attack share: the solver, and who is looked at together."""

from collections.abc import Sequence
from typing import TypeVar

import highspy


class Solver(highspy.Highs):
    """HiGHS without output, on one thread.

    The solver is the one thing that plan and attack share.
    """

    def __init__(self) -> None:
        super().__init__()
        # No option `threads`: HiGHS refuses to run when another user of it in the same process
        # asked for another number.
        self.setOptionValue("parallel", "off")
        self.setOptionValue("solver", "simplex")

    def enableCallbacks(self) -> None:  # noqa: N802
        """Switch output off before HiGHS prints its banner, which it does while it is set up."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()

    def solved(self) -> highspy.HighsModelStatus:
        """Solve, starting where the last solution ended; when that leads nowhere, from scratch."""
        self.run()
        if self.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            self.clearSolver()
            self.run()
        return self.getModelStatus()


Owner = TypeVar("Owner")

# Up to here everybody is planned in one crowd. Measured on 342 gemeenten: beside what is too small,
# crowds of 20 hide 10% more counts than these, crowds of 40 1% more.
LARGEST = 60


def crowds(owners: Sequence[Owner], largest: int) -> list[Sequence[Owner]]:
    """Deal owners out over as few crowds of about the same size as there must be.

    What is safe among the counts of one crowd while all others are known, is safe: who is with whom
    can only hide more, or take longer.

    Examples
    --------
    >>> crowds(["almelo", "borne", "losser", "twenterand", "wierden"], 2)
    [['almelo', 'twenterand'], ['borne', 'wierden'], ['losser']]
    """
    number = -(-len(owners) // largest)
    return [owners[first::number] for first in range(number)]
