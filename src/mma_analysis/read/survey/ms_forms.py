"""MS Forms: one header row; choices in one cell, each with a semicolon after it."""

from mma_analysis.read.survey.tool import Tool

# A form that is a quiz has two more columns for each question.
QUIZ = ("Points - ", "Feedback - ", "Punten - ")


def _is_of_quiz(header: str, headers: list[str]) -> bool:
    return any(header == f"{prefix}{question}" for prefix in QUIZ for question in headers)


MS_FORMS = Tool("MS Forms", separators=(";",), writes=_is_of_quiz)
