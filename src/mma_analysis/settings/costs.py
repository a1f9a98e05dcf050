"""What `evaluatie.toml` can say of costs: tariffs, phases, and scenarios."""

import datetime as dt
from itertools import pairwise

from pydantic import Field, model_validator

from mma_analysis.settings.part import Part


class Tarief(Part):
    """What M. asks of a gemeente of at least this size."""

    vanaf_inwoners: int = Field(ge=0)
    per_jaar: float = Field(ge=0)
    aansluiting: float = Field(default=0, ge=0)
    per_melding: float = Field(default=0, ge=0)


class Fase(Part):
    """Who pays from when to when."""

    begin: dt.date
    eind: dt.date | None = None
    betaler: str

    @model_validator(mode="after")
    def begin_before_eind(self) -> "Fase":
        """A phase lasts at least a day."""
        if self.eind is not None and self.begin > self.eind:
            raise ValueError("begin must not be after eind")
        return self


class Scenario(Part):
    """What may change in the year after the peildatum: the least and the most, in percents."""

    naam: str
    gekozen_door: str = ""  # who assumes it; pages say it when nobody is named
    meldingen_procent: tuple[float, float] = (0, 0)
    tarief_procent: tuple[float, float] = (0, 0)

    @model_validator(mode="after")
    def least_before_most(self) -> "Scenario":
        """A range runs from the least to the most, and nothing shrinks by more than itself."""
        for key in ("meldingen_procent", "tarief_procent"):
            least, most = getattr(self, key)
            if not -100 <= least <= most:
                raise ValueError(f"{key} must be [least, most], from -100")
        return self


class Kosten(Part):
    """Tariffs per size class, who pays in which phase, and what next year may bring."""

    tarief: tuple[Tarief, ...] = ()
    fase: tuple[Fase, ...] = ()
    scenario: tuple[Scenario, ...] = ()

    @model_validator(mode="after")
    def one_payer_at_a_time(self) -> "Kosten":
        """Phases follow each other: else an amount would be paid twice."""
        phases = sorted(self.fase, key=lambda phase: phase.begin)
        for phase, following in pairwise(phases):
            if phase.eind is None or phase.eind >= following.begin:
                raise ValueError(
                    f"fase of '{phase.betaler}' and of '{following.betaler}' overlap from "
                    f"{following.begin}; give the first an eind before that day"
                )
        return self
