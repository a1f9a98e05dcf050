"""What the settings say of one file: its senders may not contradict each other."""

from dataclasses import dataclass

from mma_analysis.settings.edition import SETTINGS_FILE
from mma_analysis.settings.toml import as_toml
from mma_analysis.vocabulary import UsageError


@dataclass(frozen=True)
class Said:
    """One line of the settings: in the block of which sender, of what, and its meaning."""

    slug: str
    part: str
    text: str
    meaning: str

    def refuse_other_than(self, before: "Said") -> None:
        """It means what was said `before` of the same word or header of this file."""
        if self.meaning == before.meaning:
            return
        raise UsageError.of(
            "other_meanings",
            settings=SETTINGS_FILE,
            one=f"[gemeenten.{before.slug}.{before.part}]",
            other=f"[gemeenten.{self.slug}.{self.part}]",
            line=f"{as_toml(before.text)} = {as_toml(before.meaning)}",
            also=f"{as_toml(self.text)} = {as_toml(self.meaning)}",
        )
