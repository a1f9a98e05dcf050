"""A passphrase for each recipient: asked for, or read from a file descriptor, and never kept."""

import getpass
import os
import sys
from collections.abc import Mapping, Sequence

from mma_analysis.bundle.contents import Recipient
from mma_analysis.vocabulary import UsageError

# A zip makes a key of a passphrase in a thousand steps, so who steals it can try many.
SHORTEST = 12


def asked_for(who: Sequence[Recipient]) -> dict[str, str]:
    """Ask for the passphrase of each recipient, twice, without showing it.

    Raises
    ------
    UsageError
        When there is no terminal to ask on, the two differ, one is too short, or two recipients
        have the same: each could then open what is for the other.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            "--encrypt asks for a passphrase, and there is no terminal; "
            "give --passphrase-fd 0 and a line per bundle on stdin"
        )
    found: dict[str, str] = {}
    for slug in (recipient.slug for recipient in who):
        found[slug] = _good(slug, getpass.getpass(f"passphrase for {slug}: "), found)
        if getpass.getpass("the same again: ") != found[slug]:
            raise UsageError(f"the two passphrases for {slug} differ; nothing was made")
    return found


def read_from(descriptor: int, who: Sequence[Recipient]) -> dict[str, str]:
    """Read passphrases from an open file descriptor: a line per recipient, in their order.

    Raises
    ------
    UsageError
        When it cannot be read, there are more or fewer lines, or a passphrase is not good enough.
    """
    try:
        with os.fdopen(os.dup(descriptor), encoding="utf-8") as lines:
            given = lines.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--passphrase-fd {descriptor}: cannot be read as UTF-8 text") from error
    if len(given) != len(who):
        order = ", ".join(recipient.slug for recipient in who)
        raise UsageError(
            f"--passphrase-fd {descriptor}: {len(given)} lines for {len(who)} bundles; "
            f"expected one for each, in this order: {order}"
        )
    found: dict[str, str] = {}
    for recipient, line in zip(who, given, strict=True):
        found[recipient.slug] = _good(recipient.slug, line, found)
    return found


def _good(slug: str, passphrase: str, others: Mapping[str, str]) -> str:
    if len(passphrase) < SHORTEST:
        raise UsageError(
            f"the passphrase for {slug} has fewer than {SHORTEST} signs: "
            "take four or more words that do not belong together"
        )
    for other, its_own in others.items():
        if passphrase == its_own:
            raise UsageError(
                f"{slug} has the same passphrase as {other}: each could open the other's bundle"
            )
    return passphrase
