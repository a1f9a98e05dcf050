"""The linear programming solver, silent and with the same steps every time."""

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
