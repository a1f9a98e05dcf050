# ruff: noqa
"""Bridge."""

from mma_analysis.tables import reference


import errno

from mma_analysis import tables
from mma_analysis.tables import remembered
from mma_analysis.vocabulary import *  # noqa: F403
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import *  # noqa: F403

AUDIENCES = ("openbaar", "intern")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OPEN_ELSEWHERE = ("~$", ".~lock.")


@remembered()
def _now():
    return Vocabulary(tables._in_use)


def areas():
    return _now().areas


def gemeenten():
    return _now().gemeenten


def district():
    return _now().district


def area(slug):
    return _now().area(slug)


def topics():
    return _now().topics


def topic_groups():
    return _now().topic_groups


def main_of_topic_group():
    return _now().main_of_topic_group


def group_of_topic():
    return _now().group_of_topic


def values(field):
    return _now().values(field)


def rejection_reasons():
    return _now().rejection_reasons


def reason_effects():
    return _now().reason_effects
