"""Who gets a bundle, and which finished files are in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean

DVO = "dvo"
OPEN, INTERN = "openbaar", "intern"


@dataclass(frozen=True)
class Recipient:
    """Who gets a bundle: the DVO, or one gemeente."""

    slug: str
    name: str
    audience: str
    folder: str

    def files(self, reports: Path) -> dict[str, Path]:
        """Name in the bundle → finished file, in the order of the names.

        Raises
        ------
        DataError
            When the gemeente has a folder with anything but files of its own in it.
        """
        folder = reports / self.folder
        there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
        ours = (f"{self.slug}.html", "kwaliteit.html")
        strange = [name for name in there if self.audience == INTERN and name not in ours]
        if strange:
            raise DataError(
                f"{folder}: {', '.join(strange)} is no page or letter of {self.name}; take it out "
                "and run `mma audit`"
            )
        return there


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Recipient]:
    """The recipients that are asked for: the DVO gets all that is openbaar, a gemeente its own.

    Parameters
    ----------
    vocabulary
        The words of the edition, which gemeenten there are among them.
    only
        `dvo`, or slugs of gemeenten; all when empty. The district's slug is the DVO too.
    audience
        `openbaar` for the DVO, `intern` for the gemeenten; both when not given.

    Raises
    ------
    UsageError
        When there is no such recipient, or none is left.
    """
    everyone = [Recipient(DVO, "het DVO", OPEN, OPEN)]
    everyone += [
        Recipient(a.slug, a.name, INTERN, f"{INTERN}/{a.slug}") for a in vocabulary.gemeenten
    ]
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    known = [recipient.slug for recipient in everyone]
    for slug in asked:
        if slug not in known:
            raise UsageError(f"no recipient '{slug}'{did_you_mean(slug, known)}")
    chosen = [
        recipient
        for recipient in everyone
        if (not asked or recipient.slug in asked) and audience in (None, recipient.audience)
    ]
    if not chosen:
        raise UsageError(f"{', '.join(only)} gets no bundle for audience '{audience}'")
    return chosen
