"""A passphrase for each recipient: typed, or a line each on stdin, and never kept."""

import getpass
import sys
from collections.abc import Sequence

from mma_analysis.bundle.contents import Recipient
from mma_analysis.vocabulary import UsageError

# A zip makes a key of a passphrase in a thousand steps, so who steals it can try many.
SHORTEST = 12


def passphrases(who: Sequence[Recipient]) -> dict[str, str]:
    """Slug of each recipient → its passphrase; in their order, when a script gives them.

    A person types each twice. Two recipients never have the same: each could open the other's.
    """
    slugs = [recipient.slug for recipient in who]
    given = _typed(slugs) if sys.stdin.isatty() else sys.stdin.read().splitlines()
    if len(given) != len(slugs):
        raise UsageError(
            f"--encrypt: {len(given)} lines on stdin for {len(slugs)} bundles; "
            f"expected one for each, in this order: {', '.join(slugs)}"
        )
    found: dict[str, str] = {}
    for slug, passphrase in zip(slugs, given, strict=True):
        if len(passphrase) < SHORTEST:
            raise UsageError(
                f"the passphrase for {slug} has fewer than {SHORTEST} signs: "
                "take four or more words that do not belong together"
            )
        if same := [other for other in found if found[other] == passphrase]:
            raise UsageError(
                f"{slug} has the same passphrase as {same[0]}: each could open the other's bundle"
            )
        found[slug] = passphrase
    return found


def _typed(slugs: Sequence[str]) -> list[str]:
    typed = []
    for slug in slugs:
        typed.append(getpass.getpass(f"passphrase for {slug}: "))
        if getpass.getpass("the same again: ") != typed[-1]:
            raise UsageError(f"the two passphrases for {slug} differ; nothing was made")
    return typed
