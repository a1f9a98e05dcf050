"""LimeSurvey: headers are codes or full texts; a column for each choice, as `Q[SQ001]`."""

import re

from mma_analysis import domain
from mma_analysis.codebook import is_survey_word, split_header
from mma_analysis.read.survey.tool import Headers, Rows, Tool

NAME = "LimeSurvey"
# Sub-questions for Expression Manager: Q_SQ001 is what is otherwise Q[SQ001].
SUB_QUESTION = re.compile(r"([A-Za-z][A-Za-z0-9]*)_(SQ\d+|other)")
TIMING = re.compile(r"grouptime\d+|(group|question) time: .*|groepstijd: .*", re.IGNORECASE)


def _headers(rows: Rows) -> Headers:
    # Spaces may be exported as underscores: then there is no space in any header.
    texts = rows[0]
    if not any(" " in text for text in texts) and any("_" in text for text in _standard(texts)):
        texts = [text.replace("_", " ") for text in texts]
    return Headers([SUB_QUESTION.sub(r"\1[\2]", text) for text in texts])


def _standard(texts: list[str]) -> list[str]:
    """Headers of the tool itself that have more than one word."""
    return [
        text
        for text in texts
        if any(is_survey_word(domain._now(), use, text, NAME) for use in ("first", "sent"))
    ]


def _is_timing(header: str, headers: list[str]) -> bool:
    questions = {split_header(question)[0] for question in headers}
    of_question = header.endswith("Time") and header.removesuffix("Time") in questions
    return of_question or bool(TIMING.fullmatch(header))


def _answer(text: str, header: str) -> str:
    """Without the mark that keeps a spreadsheet from calculating; a question not shown is empty."""
    if is_survey_word(domain._now(), "not_shown", text, NAME):
        return ""
    return text[1:] if text.startswith("'=") else text


LIMESURVEY = Tool(
    NAME, headers=_headers, answer=_answer, writes=_is_timing, sends_only_complete=False
)
