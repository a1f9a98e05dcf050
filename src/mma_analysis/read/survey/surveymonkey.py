"""SurveyMonkey: the question in one row, its options in the next; a column for each option."""

from mma_analysis import domain
from mma_analysis.codebook import is_survey_word, split_header
from mma_analysis.read.survey.tool import CHOSEN, Headers, Rows, Tool, numbered

NAME = "SurveyMonkey"


def _headers(rows: Rows) -> Headers:
    """`Question [option]`; the row of questions has the text above the first option only."""
    asked = numbered(rows[0])
    options = rows[1] if len(rows) > 1 else []
    if any(options[:1]):  # the number of a respondent: there is no second row of headers
        return Headers(asked)
    width = max(len(asked), len(options))
    names: list[str] = []
    question = ""
    for text, option in zip(_padded(asked, width), _padded(options, width), strict=True):
        question = text or (question if option else "")
        names.append(_name(question, option))
    return Headers(names, rows=2)


def _padded(row: list[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _name(question: str, option: str) -> str:
    only_answer = not option or is_survey_word(domain._now(), "answer", option, NAME)
    return question if only_answer else f"{question} [{option}]"


def _answer(text: str, header: str) -> str:
    """An option that was chosen has its own words below it, also when these are `Nee`."""
    return CHOSEN if text and text == split_header(header)[1] else text


SURVEYMONKEY = Tool(NAME, headers=_headers, answer=_answer)
