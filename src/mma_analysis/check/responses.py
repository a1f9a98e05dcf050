"""Which rules the answers to the survey do not meet."""

from collections.abc import Iterator, Sequence
from math import inf

import pandas as pd

from mma_analysis.check.findings import BrokenRule, findings_of
from mma_analysis.check.suite import find_faults, suite
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.settings.codebook import (
    FILLED_IN,
    NOT_ANSWERED,
    QUESTION_KINDS,
    Codebook,
)
from mma_analysis.vocabulary import DataError, message, numbers
from mma_analysis.vocabulary.answers import AGREES, DISAGREES, sides
from mma_analysis.vocabulary.schema import RESPONSES


def check_responses(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> pd.DataFrame:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too
    little experience; with both it is one too. A number outside its limits is kept and
    reported.
    """
    faults = [
        *_of_answers(responses, codebook, edition),
        *_outside_limits(responses, codebook),
        *_of_respondents(responses, edition),
    ]
    return findings_of(edition.vocabulary, faults)


def refuse_contradictions(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> None:
    """Refuse settings that say who takes part in a campaign, when answers say otherwise.

    A campaign for all that is still to come says who it is meant for, and not who takes
    part. Who has not decided, or did not answer, may be named or not. `DataError`.
    """
    questions = {question.code: question for question in codebook.named}
    for campaign in edition.campagnes:
        if not campaign.vraag:
            continue
        question = questions[campaign.vraag]
        of_option = sides(question.soort, question.opties)
        answers = responses[responses["question"] == question.code]
        said_yes = _who_said(answers, of_option.get(AGREES, []))
        said_no = _who_said(answers, of_option.get(DISAGREES, []))

        members = campaign.gemeenten
        if members == "alle":
            is_to_come = campaign.begin > edition.peildatum
            wrongly_in = [] if is_to_come else said_no
            wrongly_out: list[str] = []
        else:
            wrongly_in = [slug for slug in said_no if slug in members]
            wrongly_out = [slug for slug in said_yes if slug not in members]
        for slugs, says in ((wrongly_in, "takes_part"), (wrongly_out, "takes_no_part")):
            if not slugs:
                continue
            names = [edition.vocabulary.area(slug).name for slug in slugs]
            raise DataError.of(
                "campaign_contradicts",
                path=edition.folder / SETTINGS_FILE,
                name=campaign.naam,
                gemeenten=numbers.listing(names),
                question=question.code,
                says=message(says),
            )


def _who_said(answers: pd.DataFrame, options: Sequence[str]) -> list[str]:
    """The gemeenten that gave one of these answers, by the alphabet."""
    chose = answers.loc[answers["value"].isin(options), "gemeente"]
    return sorted(chose.unique())


def _of_answers(
    responses: pd.DataFrame,
    codebook: Codebook,
    edition: Edition,
) -> list[BrokenRule]:
    """The rules that each answer must meet, or all answers together."""
    vocabulary = edition.vocabulary
    questions = {question.code: question for question in codebook.questions}
    answers = []
    for code, question in questions.items():
        options = question.opties or (FILLED_IN,)
        answers += [(value, code) for value in (NOT_ANSWERED, *options)]
    given = {
        "gemeenten": [area.slug for area in vocabulary.gemeenten],
        "questions": list(questions),
        "kinds": list(QUESTION_KINDS),
        "answers": answers,
    }

    # Only a multi answer may have more rows: one for each choice. A number is no option.
    is_multi = responses["kind"] == "multi"
    is_number = responses["kind"] == "number"
    table = responses.assign(
        choice=responses["value"].where(is_multi, ""),
        value=responses["value"].mask(is_number, NOT_ANSWERED),
    )
    return find_faults(vocabulary, table, suite("responses", RESPONSES, given))


def _outside_limits(responses: pd.DataFrame, codebook: Codebook) -> Iterator[BrokenRule]:
    """Numbers below the lowest or above the highest that the code book allows."""
    questions = {question.code: question for question in codebook.questions}
    is_number = responses["kind"] == "number"
    is_given = is_number & (responses["value"] != NOT_ANSWERED)
    given = responses.loc[is_given, ["gemeente", "question", "value"]]
    for slug, code, value in given.itertuples(index=False):
        question = questions[code]
        lowest = -inf if question.laagste is None else question.laagste
        highest = inf if question.hoogste is None else question.hoogste
        if not lowest <= float(value) <= highest:
            total = int((given["gemeente"] == slug).sum())
            words = {"column": question.kort}
            yield BrokenRule(slug, "antwoord_buiten_bereik", code, 1, total, words)


def _of_respondents(responses: pd.DataFrame, edition: Edition) -> Iterator[BrokenRule]:
    """Who did not answer and should have, and who answered and could not have."""
    survey = edition.vragenlijst
    excused = survey.geen_ervaring if survey else ()
    answered = set(responses["gemeente"])
    for area in edition.vocabulary.gemeenten:
        slug = area.slug
        connected_on = edition.gemeente(slug).aangesloten or edition.begin
        is_connected = connected_on <= edition.peildatum
        if slug in answered and slug in excused:
            yield BrokenRule(slug, "vragenlijst_tegenstrijdig")
        if slug not in answered and slug not in excused and is_connected:
            yield BrokenRule(slug, "vragenlijst_ontbreekt")
