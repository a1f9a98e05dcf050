"""`mma.edition(name)`: an edition to ask questions of. What it gives first is protected."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mma_analysis import evaluation
from mma_analysis.explore.measures import Measures
from mma_analysis.settings import EXAMPLE, Edition, Workspace
from mma_analysis.vocabulary import UsageError, did_you_mean, listed
from mma_analysis.vocabulary.glance import Line, glance

if TYPE_CHECKING:
    import pandas as pd

    from mma_analysis.explore.survey import SurveyAnswers
    from mma_analysis.pipeline.questions import Meldingen
    from mma_analysis.show.opened import Geopend


def editions(root: str | Path | None = None) -> list[str]:
    """List the names of the editions that there are.

    >>> "voorbeeld-2023" in editions()
    True
    """
    return Workspace.here(root).names()


def edition(name: str = EXAMPLE, root: str | Path | None = None) -> "OpenEdition":
    """Open an edition to ask questions of, by the name of its folder in `data/raw`.

    `root` is the folder that holds `data`; else $MMA_ROOT, else the project that we stand
    in.

    >>> import mma_analysis as mma
    >>> opened = mma.edition("voorbeeld-2023")
    >>> months = opened.measures["per_period"].query("area == 'twente' and kind == 'month'")
    >>> len(months)
    24
    """
    workspace = Workspace.here(root)
    settings = workspace.edition(name)
    e = evaluation.load(settings.vocabulary.district.slug, name, workspace=workspace)
    measures = Measures(e.area, settings, "openbaar", e.processed)
    return OpenEdition(workspace, settings, measures)


@dataclass(frozen=True, repr=False)
class OpenEdition:
    """One edition: `measures` are its protected tables, `evaluation(area)` a page's.

    `measures.columns(table)` says what each column of one holds, in Dutch and English.

    `meldingen` answers questions with protected counts. Its rows are about single tips:
    they come only from `meldingen.row_level()`, which says so by its name.
    """

    workspace: Workspace
    settings: Edition
    measures: Measures

    @property
    def name(self) -> str:
        """The edition's name."""
        return self.settings.slug

    @cached_property
    def areas(self) -> "pd.DataFrame":
        """The district and its gemeenten, to join with: names, codes, inhabitants, ….

        One row per area: `area`, `name`, `level`, `cbs_code` (as in tables of CBS),
        `connected_on`, and on the peildatum `inhabitants` and `size_class`.

        >>> edition("voorbeeld-2023").areas["area"].to_list()[:2]
        ['twente', 'almelo']
        """
        from mma_analysis.pipeline.questions import areas_table

        return areas_table(self.settings)

    @cached_property
    def meldingen(self) -> "Meldingen":
        """What is known of single meldingen, as questions: protected counts come out."""
        from mma_analysis.pipeline.questions import Meldingen

        return Meldingen(self.workspace, self.settings)

    @cached_property
    def vragenlijst(self) -> "SurveyAnswers | None":
        """What gemeenten answered, as ordered categories; none when there is no survey."""
        from mma_analysis.explore.survey import survey_of

        return survey_of(self.workspace, self.settings)

    @cached_property
    def registration(self) -> "pd.DataFrame":
        """Who writes down what: one row per gemeente and field of ours.

        `column` is the header in its files, `registers` says `always`, `sometimes`, `never`
        or `not_understood`, and `known` of how many `meldingen` it is known. Of `closed_on`
        `meldingen` are those that are closed, and `always` is who is counted in the time to
        close. The counts are exact: for your eyes only.
        """
        from mma_analysis.pipeline.questions import registration_table

        return registration_table(self.workspace, self.settings)

    def words(self, field: str) -> dict[str, str]:
        """What the codes of a field are called in Dutch, in reading order: to `map` with.

        `field`: a column of a melding, or `area` for the names of district and gemeenten.

        >>> edition("voorbeeld-2023").words("usable")["nee"]
        'Niet bruikbaar'
        """
        vocabulary = self.settings.vocabulary
        if field in ("area", "gemeente"):
            return self._names_of_areas()
        known = ["topic", "topic_group"]
        for row in vocabulary.reference("values"):
            known.append(row["field"])
        if field not in known:
            near = did_you_mean(field, sorted(set(known)))
            raise UsageError.of("no_words", name=field, near=near)
        return vocabulary.values(field)

    def _names_of_areas(self) -> dict[str, str]:
        """The short name of district and gemeenten → how each is called."""
        vocabulary = self.settings.vocabulary
        names = {}
        names[vocabulary.district.slug] = vocabulary.district.name
        for area in vocabulary.gemeenten:
            names[area.slug] = area.name
        return names

    def evaluation(self, gebied: str, doelgroep: str = "openbaar") -> "Geopend":
        """Open what the page of one area is made from: `e` in the notebooks of the reports.

        `gebied`: its short name, its name or its code of CBS. What it shows (`figuur`,
        `toon`, `tekst`) is of this area, whatever else is open.
        """
        from mma_analysis.show.opened import geopend

        if isinstance(gebied, str):
            gebied = self.settings.vocabulary.area_named(gebied).slug
        e = evaluation.load(gebied, self.name, doelgroep, self.workspace)
        return geopend(e)

    def __repr__(self) -> str:
        return listed(self._parts)

    def _repr_html_(self) -> str:
        lines = [Line(name, said) for name, said in self._parts]
        return glance(self.settings.evaluatie.titel, lines)

    @property
    def _parts(self) -> list[tuple[str, str]]:
        """What there is to ask of it, and by which name."""
        evaluation = self.settings.evaluatie
        gemeenten = len(self.settings.vocabulary.gemeenten)
        first = next(iter(self.settings.gemeenten))
        begin = f"{evaluation.begin:%d-%m-%Y}"
        peildatum = f"{evaluation.peildatum:%d-%m-%Y}"
        return [
            ("Editie", f"{self.name}: {evaluation.titel}"),
            ("Periode", f"{begin} tot en met {peildatum}"),
            ("Gebieden", f"{evaluation.district} en {gemeenten} gemeenten (.areas)"),
            ("Tabellen", f"{len(self.measures)} beschermde tabellen (.measures)"),
            ("Meldingen", "beschermde antwoorden op uw vragen (.meldingen)"),
            ("Vragenlijst", "wat gemeenten antwoordden (.vragenlijst)"),
            ("Registratie", "wie welk gegeven bijhoudt (.registration)"),
            ("Rapport", f'wat een pagina toont (.evaluation("{first}"))'),
        ]
