"""One word for the quality of a delivery."""

import pytest

from mma_analysis.check import Finding, grade
from mma_analysis.check.findings import Severity


def finding(severity: Severity) -> Finding:
    return Finding("borne", "rule", "", severity, 1, 0.1, "")


@pytest.mark.parametrize(
    ("counted", "rejected", "expected"),
    [
        (20, 0, "groen"),
        (20, 1, "geel"),
        (18, 2, "geel"),  # exactly one in ten is still yellow
        (17, 2, "rood"),
        (0, 0, "rood"),  # nothing to count
    ],
)
def test_refused_rows_lower_the_grade(counted: int, rejected: int, expected: str):
    assert grade([], counted, rejected).code == expected


@pytest.mark.parametrize(
    ("severity", "expected"), [("info", "groen"), ("warning", "geel"), ("critical", "rood")]
)
def test_a_finding_lowers_the_grade_by_its_severity(severity: Severity, expected: str):
    assert grade([finding(severity)], 20, 0).code == expected
