"""The counted answers to one question of the survey, and what they say."""

from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words

NO_OPINION = "weet niet"
YES = "ja"


@dataclass(frozen=True)
class Question:
    """One question with its counted answers, in the order of its options."""

    code: str
    kind: str
    label: str
    answers: dict[str, int]
    answered: int

    @property
    def scale(self) -> list[str]:
        """The options from disagree to agree; no opinion is not on the scale."""
        return [value for value in self.answers if not value.lower().startswith(NO_OPINION)]

    @property
    def no_opinion(self) -> int:
        """How many said that they do not know: an answer, but not one on the scale."""
        return sum(count for value, count in self.answers.items() if value not in self.scale)

    @property
    def agree(self) -> int:
        """How many chose the upper half of the scale."""
        return sum(self.answers[value] for value in self.scale[(len(self.scale) + 1) // 2 :])

    @property
    def disagree(self) -> int:
        """How many chose the lower half of the scale."""
        return sum(self.answers[value] for value in self.scale[: len(self.scale) // 2])

    @property
    def yes(self) -> int | None:
        """How many said yes, whatever they added to it; none when yes is not an option."""
        options = [value for value in self.answers if value.lower().split(",")[0] == YES]
        return sum(self.answers[value] for value in options) if options else None


def question(e: Evaluation, code: str) -> Question | None:
    """The answers to one question; none when it was not asked or nobody answered it."""
    if not e.has("survey_answers"):
        return None
    rows = e.rows("survey_answers", question=code)
    if not rows or not rows[0]["answered"]:
        return None
    return Question(
        code=code,
        kind=str(rows[0]["kind"]),
        label=str(rows[0]["label"]),
        answers={str(row["value"]): int(row["count"]) for row in rows},
        answered=int(rows[0]["answered"]),
    )


def agreement(asked: Question) -> str:
    """How many gemeenten agree with a statement, as a sentence."""
    who = words.gemeenten(asked.agree, asked.answered, "is", "zijn")
    return f"{words.capital(who)} het eens met ‘{asked.label}’."


def of_all(e: Evaluation, count: int, answered: int) -> str:
    """The same in a table: `9 tot 11`; one number when all gemeenten answered."""
    silent = len(e.vocabulary.gemeenten) - answered
    return f"{count} tot {count + silent}" if silent else str(count)


def at_least(e: Evaluation, count: int, answered: int) -> str:
    """Of all gemeenten, how many at least and at most, whatever those without answer think."""
    silent = len(e.vocabulary.gemeenten) - answered
    return f"minstens {count} en hoogstens {count + silent}" if silent else f"precies {count}"
