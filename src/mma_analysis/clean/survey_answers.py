"""The cells of one question → its answer in the words of the code book."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mma_analysis.codebook import (
    CHOICES,
    FILLED_IN,
    NOT_ANSWERED,
    QuestionColumns,
    Vraag,
    is_survey_word,
)
from mma_analysis.vocabulary import Vocabulary

OTHER = "anders"

# 1.250 is not read: it may be more than a thousand, or one and a quarter.
NUMBER = re.compile(r"[+-]?(\d+([.,](?!\d{3}$)\d+)?|\d{1,3}(\.\d{3})+,\d+)", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """What was answered to one question, why a part is not counted, and the text of an open one."""

    values: tuple[str, ...]
    reason_code: str = ""
    text: str = ""


NO_ANSWER = Answer((NOT_ANSWERED,))


def answer_to(
    vocabulary: Vocabulary,
    vraag: Vraag,
    cells: Mapping[str, str],
    columns: QuestionColumns,
    separators: tuple[str, ...],
) -> Answer:
    """Say what was answered; `cells` is header → text of one answer sheet."""
    if vraag.soort in CHOICES:
        return _choices(vocabulary, vraag, cells, columns, separators)
    text = _text_of(cells, columns)
    if text == "":
        return NO_ANSWER
    if vraag.soort == "open":
        return Answer((FILLED_IN,), text=text)
    # A decimal comma or point, with or without a percent sign; nothing is guessed.
    digits = text.removesuffix("%").strip()
    if not NUMBER.fullmatch(digits):
        return Answer((NOT_ANSWERED,), "getal_onleesbaar")
    if "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    return Answer((f"{Decimal(digits).normalize():f}",))


def _text_of(cells: Mapping[str, str], columns: QuestionColumns) -> str:
    """The answer as it was given in one cell."""
    return cells[columns.whole] if columns.whole else ""


def missing_options(vraag: Vraag, columns: QuestionColumns) -> list[str]:
    """The options that no column is for, when the tool has a column for each option."""
    if columns.whole or not columns.options:
        return []
    has = {*columns.options.values()}
    return [o for o in vraag.opties if o not in has and not (_is_other(o) and columns.other)]


def blurred_options(
    vraag: Vraag, columns: QuestionColumns, separators: tuple[str, ...]
) -> list[str]:
    """The options that read the same as other options that were chosen together, in one cell."""
    if vraag.soort != "multi" or not columns.whole:
        return []
    others = {option: [o for o in vraag.opties if o != option] for option in vraag.opties}
    cut = {option: choices_in(option, others[option], separators) for option in vraag.opties}
    return [
        o for o, pieces in cut.items() if all(vraag.option_of(p) not in ("", o) for p in pieces)
    ]


def _choices(
    vocabulary: Vocabulary,
    vraag: Vraag,
    cells: Mapping[str, str],
    columns: QuestionColumns,
    separators: tuple[str, ...],
) -> Answer:
    """The options that were chosen, each once, in the order of the code book."""
    text = _text_of(cells, columns)
    own = [cells[header] for header in columns.other]
    if vraag.soort == "multi":
        # The cell of the column of an option says that it was chosen, or is a text of their own.
        ticked = [
            option if is_survey_word(vocabulary, cells[header], "chosen") else cells[header]
            for header, option in columns.options.items()
            if not is_survey_word(vocabulary, cells[header], "not_chosen")
        ]
        options = (*vraag.opties, *vraag.codes)
        given = [*choices_in(text, options, separators), *ticked, *own]
    else:
        # Beside an option of a question with one answer stands an explanation, not a choice.
        given = [text] if vraag.option_of(text) else [text, *own]
    chosen = {vraag.option_of(choice) for choice in given if choice}
    other = [option for option in vraag.opties if _is_other(option)]
    refused = "antwoord_onbekend" if "" in chosen and not other else ""
    if "" in chosen:
        chosen.update(other[:1])
    values = tuple(option for option in vraag.opties if option in chosen)
    return Answer(values or (NOT_ANSWERED,), refused)


def choices_in(text: str, options: Iterable[str], separators: tuple[str, ...]) -> list[str]:
    """Cut a cell into its choices: where an option stands, and otherwise at the next separator.

    The longest option that fits is taken, for an option may hold a separator itself.
    """
    longest_first = sorted(options, key=len, reverse=True)
    ends = tuple(separator.rstrip() for separator in separators)
    cut = re.compile("|".join(re.escape(separator.strip()) + r"\s*" for separator in separators))
    choices: list[str] = []
    while text:
        whole = (o for o in longest_first if text[: len(o)].casefold() == o.casefold())
        fits = (o for o in whole if len(o) == len(text) or text[len(o) :].startswith(ends))
        next_cut = min((text.find(s) for s in separators if s in text), default=len(text))
        end = len(choice) if (choice := next(fits, "")) else next_cut
        choices.append(text[:end].strip())
        text = cut.sub("", text[end:], count=1) if separators else ""
    return choices


def _is_other(option: str) -> bool:
    return option.casefold().startswith(OTHER)
