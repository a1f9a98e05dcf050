"""What a survey tool writes around the questions, and what has to be known to read it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mma_analysis.codebook import is_survey_word, split_header, survey_words
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import SURVEY_COLUMNS

# What is written for an option that was chosen, when the tool has a column for each option.
CHOSEN = "Ja"

Rows = list[list[str]]


@dataclass(frozen=True)
class Headers:
    """The header of each column, and how many rows of the sheet it takes."""

    names: list[str]
    rows: int = 1


def one_row(vocabulary: Vocabulary, rows: Rows) -> Headers:
    """Take the first row as the header."""
    return Headers(rows[0])


def as_written(vocabulary: Vocabulary, text: str, header: str) -> str:
    """Leave an answer as it is."""
    return text


def nothing_more(header: str, headers: list[str]) -> bool:
    """Say that the tool writes no other columns than those of `survey_words.csv`."""
    return False


@dataclass(frozen=True)
class Tool:
    """One survey tool.

    `headers` makes the headers from the rows that start at the header row. `answer` undoes what the
    tool did to an answer, below its header. `writes` says whether a column that is not in
    `survey_words.csv` is the tool's own. `separators` may stand between the choices in one cell,
    the commonest sign first. Unless `sends_only_complete`, a sheet without a moment of sending was
    never sent.
    """

    name: str
    separators: tuple[str, ...] = ()
    headers: Callable[[Vocabulary, Rows], Headers] = one_row
    answer: Callable[[Vocabulary, str, str], str] = as_written
    writes: Callable[[str, list[str]], bool] = nothing_more
    sends_only_complete: bool = True

    def signed(self, vocabulary: Vocabulary, row: list[str]) -> bool:
        """Whether this row starts as the header of this tool does, and says when it was sent."""
        filled = [cell for cell in row if cell]
        return (
            bool(filled)
            and is_survey_word(vocabulary, "first", filled[0], self.name)
            and bool(self.sent(vocabulary, filled))
        )

    def sent(self, vocabulary: Vocabulary, headers: list[str]) -> list[str]:
        """The headers of the moment of sending."""
        return [
            header for header in headers if is_survey_word(vocabulary, "sent", header, self.name)
        ]

    def signature(self, vocabulary: Vocabulary) -> str:
        """Say by which headers this tool is known."""
        first, sent = (
            " or ".join(survey_words(vocabulary, use, self.name)) for use in ("first", "sent")
        )
        return f"{self.name}: starts with {first}, and has {sent}"

    def is_question(self, vocabulary: Vocabulary, header: str, headers: list[str]) -> bool:
        """Whether a column is an answer, and not written by the tool or about who answered."""
        own = any(
            is_survey_word(vocabulary, use, header, self.name) for use in ("first", "sent", "tool")
        )
        who = any(
            is_survey_word(vocabulary, "who", text) for text in (header, split_header(header)[0])
        )
        return not own and not who and not self.writes(header, headers)


def numbered(headers: list[str]) -> list[str]:
    """Give a header that is there already, or that is a word of ours, the next number."""
    taken: set[str] = {*SURVEY_COLUMNS}
    names: list[str] = []
    for header in headers:
        name, number = header, 1
        while header and name in taken:
            number += 1
            name = f"{header} {number}"
        taken.add(name)
        names.append(name)
    return names


# --- MS Forms: choices in one cell, each with a semicolon after it -------------------------------

# A form that is a quiz has two more columns for each question.
QUIZ = ("Points - ", "Feedback - ", "Punten - ")


def _is_of_quiz(header: str, headers: list[str]) -> bool:
    return any(header == f"{prefix}{question}" for prefix in QUIZ for question in headers)


MS_FORMS = Tool("MS Forms", separators=(";",), writes=_is_of_quiz)


# --- Google Forms: choices in one cell, with a comma or a semicolon between them -----------------

# The spreadsheet has commas, the csv of the form itself has semicolons.
GOOGLE_FORMS = Tool("Google Forms", separators=(", ", ";"))


# --- LimeSurvey: headers are codes or full texts; a column for each choice, as `Q[SQ001]` --------

# Sub-questions for Expression Manager: Q_SQ001 is what is otherwise Q[SQ001].
SUB_QUESTION = re.compile(r"([A-Za-z][A-Za-z0-9]*)_(SQ\d+|other)")
TIMING = re.compile(r"grouptime\d+|(group|question) time: .*|groepstijd: .*", re.IGNORECASE)


def _of_limesurvey(vocabulary: Vocabulary, rows: Rows) -> Headers:
    # Spaces may be exported as underscores: then there is no space in any header.
    texts = rows[0]
    if not any(" " in text for text in texts) and any(
        "_" in text for text in _standard(vocabulary, texts)
    ):
        texts = [text.replace("_", " ") for text in texts]
    return Headers([SUB_QUESTION.sub(r"\1[\2]", text) for text in texts])


def _standard(vocabulary: Vocabulary, texts: list[str]) -> list[str]:
    """Headers of the tool itself that have more than one word."""
    return [
        text
        for text in texts
        if any(is_survey_word(vocabulary, use, text, "LimeSurvey") for use in ("first", "sent"))
    ]


def _is_timing(header: str, headers: list[str]) -> bool:
    questions = {split_header(question)[0] for question in headers}
    of_question = header.endswith("Time") and header.removesuffix("Time") in questions
    return of_question or bool(TIMING.fullmatch(header))


def _answer_of_limesurvey(vocabulary: Vocabulary, text: str, header: str) -> str:
    """Without the mark that keeps a spreadsheet from calculating; a question not shown is empty."""
    if is_survey_word(vocabulary, "not_shown", text, "LimeSurvey"):
        return ""
    return text[1:] if text.startswith("'=") else text


LIMESURVEY = Tool(
    "LimeSurvey",
    headers=_of_limesurvey,
    answer=_answer_of_limesurvey,
    writes=_is_timing,
    sends_only_complete=False,
)


# --- SurveyMonkey: the question in one row, its options in the next ------------------------------


def _of_surveymonkey(vocabulary: Vocabulary, rows: Rows) -> Headers:
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
        names.append(_name(vocabulary, question, option))
    return Headers(names, rows=2)


def _padded(row: list[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _name(vocabulary: Vocabulary, question: str, option: str) -> str:
    only_answer = not option or is_survey_word(vocabulary, "answer", option, "SurveyMonkey")
    return question if only_answer else f"{question} [{option}]"


def _answer_of_surveymonkey(vocabulary: Vocabulary, text: str, header: str) -> str:
    """An option that was chosen has its own words below it, also when these are `Nee`."""
    return CHOSEN if text and text == split_header(header)[1] else text


SURVEYMONKEY = Tool("SurveyMonkey", headers=_of_surveymonkey, answer=_answer_of_surveymonkey)


TOOLS = (MS_FORMS, LIMESURVEY, SURVEYMONKEY, GOOGLE_FORMS)
