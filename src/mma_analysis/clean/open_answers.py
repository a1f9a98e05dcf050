"""Open answers → themes: the machine's proposal beside what people decided."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mma_analysis import domain
from mma_analysis.codebook import AGREED, DIVIDED, NO, UNDECIDED, YES, CodeFrame
from mma_analysis.domain import MmaError
from mma_analysis.edition import Edition

HEADERS = ("answer_id", "coder", "thema")
RATINGS = ("answer_id", "question", "theme", "coder", "chosen")
CODING = ("answer_id", "question", "theme", "proposed", "coders", "decision")


@dataclass(frozen=True)
class _Line:
    """One row of the file with decisions; an empty theme says that no theme fits."""

    row: int
    answer_id: str
    coder: str
    theme: str


def read_ratings(edition: Edition, open_answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame:
    """Read what each coder decided about each answer.

    A coder who gave an answer one theme has judged all themes of that question: what is not given
    does not apply. A row with an empty theme says that no theme fits.

    Parameters
    ----------
    edition
        The settings, with the file of decisions: `answer_id;coder;thema`, with `;` or `,`.
    open_answers
        One row per gemeente and open answer, as `domain.OPEN_ANSWERS`.
    frame
        The themes of each question.

    Returns
    -------
    pd.DataFrame
        One row per answer, theme of its question and coder who judged it: `answer_id`, `question`,
        `theme`, `coder`, `chosen`.

    Raises
    ------
    MmaError
        When the file cannot be read, or a row is about an answer or theme that is not there; the
        message names file and row, and never what was answered.
    """
    if edition.vragenlijst is None or edition.vragenlijst.coderingen is None:
        return _table([], RATINGS)
    file = edition.vragenlijst.coderingen
    lines = _read_lines(edition.folder / file, file)
    questions = dict(zip(open_answers["answer_id"], open_answers["question"], strict=True))
    _check_lines(lines, questions, frame, file)
    given = {(line.answer_id, line.coder, line.theme) for line in lines}
    judged = dict.fromkeys((line.answer_id, line.coder) for line in lines)
    rows = [
        (answer, questions[answer], thema.code, coder, (answer, coder, thema.code) in given)
        for answer, coder in judged
        for thema in frame.of(questions[answer])
    ]
    return _table(rows, RATINGS)


def code_answers(
    open_answers: pd.DataFrame, frame: CodeFrame, ratings: pd.DataFrame
) -> pd.DataFrame:
    """Put the machine's proposal beside the decision of people; the proposal never counts.

    A theme is decided when all coders of the answer say the same. Where they differ it is
    `verdeeld` and not counted, until somebody writes down as coder `besluit` which themes the
    answer has.

    Returns
    -------
    pd.DataFrame
        One row per answer and theme of its question: `answer_id`, `question`, `theme`, `proposed`,
        `coders` (how many judged it), `decision` (`ja`, `nee`, `verdeeld`, or empty).
    """
    judged = ratings.groupby(["answer_id", "theme"])
    votes = {key: dict(zip(own["coder"], own["chosen"], strict=True)) for key, own in judged}
    answers = open_answers.drop_duplicates("answer_id")
    rows = []
    for answer, question, text in zip(
        answers["answer_id"], answers["question"], answers["text"], strict=True
    ):
        for thema in frame.of(question):
            own = votes.get((answer, thema.code), {})
            coders = len(own.keys() - {AGREED})
            proposed = thema.is_proposed_for(text)
            rows.append((answer, question, thema.code, proposed, coders, _decision(own)))
    return _table(rows, CODING)


def _decision(votes: dict[str, bool]) -> str:
    if AGREED in votes:
        return YES if votes[AGREED] else NO
    if not votes:
        return UNDECIDED
    if len(set(votes.values())) > 1:
        return DIVIDED
    return YES if all(votes.values()) else NO


def _table(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    types = {"chosen": "bool", "proposed": "bool", "coders": "int64"}
    table = pd.DataFrame(list(rows), columns=list(columns))
    return table.astype({column: types.get(column, "str") for column in columns})


# --- the file with decisions ---------------------------------------------------------------------


def _read_lines(path: Path, file: str) -> list[_Line]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MmaError(f"{file}: not text in UTF-8; save it as CSV UTF-8") from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    missing = [name for name in HEADERS if name not in header]
    if missing:
        raise MmaError(
            f"{file}, row 1: there is no column {', '.join(missing)}; "
            f"expected the headers {';'.join(HEADERS)}"
        )
    places = [header.index(name) for name in HEADERS]
    return [
        _Line(number, *(row[place].strip() if place < len(row) else "" for place in places))
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]


def _check_lines(
    lines: list[_Line], questions: dict[str, str], frame: CodeFrame, file: str
) -> None:
    themed = {(line.answer_id, line.coder) for line in lines if line.theme}
    faults = [
        f"{file}, row {line.row}: {fault}"
        for line in lines
        if (fault := _fault(line, questions, frame, themed))
    ]
    if faults:
        raise MmaError("\n".join(faults))


def _fault(
    line: _Line, questions: dict[str, str], frame: CodeFrame, themed: set[tuple[str, str]]
) -> str:
    """What is wrong; only numbers that we gave are shown, for any cell may hold an answer."""
    if not line.coder:
        return "there is no coder; write who decided this"
    if line.answer_id not in questions:
        return _no_such_answer(line.answer_id, questions)
    question = questions[line.answer_id]
    themes = [thema.code for thema in frame.of(question)]
    if line.theme and line.theme not in themes:
        near = domain.did_you_mean(line.theme, themes)
        return f"the thema is no theme of question '{question}'{near}"
    if not line.theme and (line.answer_id, line.coder) in themed:
        return f"this coder gave answer '{line.answer_id}' a theme and also none; keep one of both"
    return ""


def _no_such_answer(answer_id: str, questions: dict[str, str]) -> str:
    """The last part of a number changes with the text: the answer may have been given anew."""
    owner = answer_id.rpartition("-")[0]
    anew = [known for known in questions if owner and known.rpartition("-")[0] == owner]
    if anew:
        return f"this answer was replaced by '{anew[0]}'; read the new text and decide again"
    return "there is no answer with this answer_id; take its number from the open answers"
