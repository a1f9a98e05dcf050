"""Who is looked at together: a whole country is too many gemeenten to plan or attack at once."""

from collections.abc import Sequence
from typing import TypeVar

Owner = TypeVar("Owner")

# Up to here everybody is planned in one crowd. Measured on 342 gemeenten: beside what is too small,
# crowds of 20 hide 10% more counts than these, crowds of 40 1% more.
LARGEST = 60


def crowds(owners: Sequence[Owner], largest: int) -> list[Sequence[Owner]]:
    """Deal owners out over as few crowds of about the same size as there must be.

    What is safe among the counts of one crowd while all others are known, is safe. So neither plan
    nor attack can be wrong because of who is with whom: only hide more, or take longer.

    Examples
    --------
    >>> crowds(["almelo", "borne", "losser", "twenterand", "wierden"], 2)
    [['almelo', 'twenterand'], ['borne', 'wierden'], ['losser']]
    """
    number = -(-len(owners) // largest)
    return [owners[first::number] for first in range(number)]
