"""Commands about what is sent, and what is kept."""

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from mma_analysis.cli.console import Audience, Edition, answer, argument, option, tell, verb, warn
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import UsageError, message

# A zip makes a key of a passphrase in a thousand steps, so who steals it can try many.
SHORTEST = 12


@verb()
def audit(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Kijk de rapporten na: staat er niets in dat er niet hoort, en is alles vrijgegeven?"""
    from mma_analysis.audit import examine, explained, write_result

    workspace = ctx.obj.workspace
    reports = workspace.reports(edition)
    settings, tables = workspace.edition(edition, removed=True), workspace.processed(edition)
    verdict = examine(settings, reports, tables)
    write_result(verdict, settings, reports)
    _warn_when_stale(workspace, edition)
    signed = len(verdict.of("released"))
    well = message("audited", files=len(verdict.files), signed=signed)
    answer(verdict.as_json(), well if verdict.is_released else explained(verdict))
    if not verdict.is_released:
        # What leaks is a failure; what waits for two people is not.
        raise typer.Exit(3 if verdict.is_clean else 1)


@verb("bundle")
def make_bundles(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    only: Annotated[list[str] | None, option("help_only_recipient")] = None,
    audience: Audience = None,
    encrypt: Annotated[bool, option("help_encrypt", "--encrypt")] = False,
) -> None:
    """Pak in wat is nagekeken: een zip voor het DVO, en een voor elke gemeente."""
    from mma_analysis.audit import refuse_unaudited, refuse_unreleased
    from mma_analysis.pipeline import issued
    from mma_analysis.publish.bundle import bundle, recipients
    from mma_analysis.storage import locked

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition, removed=True)
    who = recipients(settings.vocabulary, only or [], audience)
    intern = [recipient for recipient in who if recipient.audience == "intern"]
    if encrypt and not intern:
        raise UsageError.of("encrypt_intern")
    secrets = _passphrases([recipient.slug for recipient in intern]) if encrypt else {}
    reports, target = workspace.reports(edition), workspace.bundles(edition)
    _warn_when_stale(workspace, edition)
    with locked(workspace, edition):
        refuse_unaudited(settings, reports)
        refuse_unreleased(settings, reports)
        issue = issued(workspace, settings, dt.date.today())
        made = bundle(settings, reports, target, who, secrets)
    rows = [
        {"recipient": b.recipient.slug, "file": str(b.path), "sha256": b.sha256}
        | {"files": list(b.files), "encrypted": b.is_encrypted}
        for b in made
    ]
    if issue:
        tell("issued", number=issue.number)
    for bundled in made:
        is_open = bundled.recipient.audience == "intern" and not bundled.is_encrypted
        tell("not_encrypted" if is_open else "made", path=bundled.path)
    answer({"bundles": rows, "issue": issue.number if issue else None})


def _passphrases(slugs: Sequence[str]) -> dict[str, str]:
    """Slug of each recipient → its passphrase: a person types each twice, a script gives lines.

    Two recipients never have the same: each could open the other's.
    """
    found: dict[str, str] = {}
    for slug in slugs:
        if sys.stdin.isatty():
            asked = message("ask_passphrase", slug=slug)
            given = typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
        else:
            given = sys.stdin.readline().rstrip("\r\n")
        if len(given) < SHORTEST:
            words = {"slug": slug, "most": SHORTEST, "slugs": ", ".join(slugs)}
            raise UsageError.of("short_passphrase", **words)
        if same := [other for other in found if found[other] == given]:
            raise UsageError.of("same_passphrase", slug=slug, other=same[0])
        found[slug] = given
    return found


def _warn_when_stale(workspace: Workspace, slug: str) -> None:
    """Say how many pages are there and not up to date; of what was forgotten none can be made."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.storage import FORGOTTEN, read_manifest

    if (read_manifest(workspace.processed(slug)) or {FORGOTTEN: True}).get(FORGOTTEN):
        return
    there = [row for row in standing(workspace, slug)[0] if row["state"] == "to be made"]
    stale = [row for row in there if (workspace.reports(slug) / row["page"]).is_file()]
    if stale:
        first = {"page": stale[0]["page"], "why": stale[0]["why"]}
        warn(message("stale_pages", number=len(stale), slug=slug, **first))


@verb("compare")
def compare_editions(
    ctx: typer.Context,
    edition: Edition,
    previous: Annotated[str, argument("help_earlier")],
) -> None:
    """Zeg wat er sinds een eerdere editie veranderde, in cijfers en in wat ze betekenen."""
    from mma_analysis.compare import compare, sentences_of

    comparison = compare(ctx.obj.workspace, edition, previous)
    answer(comparison, *sentences_of(comparison))


@verb("forget")
def forget_rows(
    ctx: typer.Context,
    edition: Edition,
    yes: Annotated[bool, option("help_yes", "--yes")] = False,
) -> None:
    """Verwijder rijen en precieze cijfers; vrijgegeven tabellen en openbare rapporten blijven."""
    from mma_analysis.forget import forget, stays, to_forget

    workspace = ctx.obj.workspace
    is_there = stays(workspace, edition) or to_forget(workspace, edition)
    if not is_there or Path(edition).name != edition:
        workspace.edition(edition, removed=True)  # says which editions there are
    going = forget(workspace, edition) if yes else to_forget(workspace, edition)
    for path in going:
        tell("removed" if yes else "would_remove", path=path)
    for path in stays(workspace, edition):
        tell("stays", path=path)
    tell("not_forgotten" if not yes else "all_forgotten" if going else "nothing_left", slug=edition)
