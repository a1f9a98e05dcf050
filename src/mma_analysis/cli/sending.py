"""Commands about what is sent, and what is kept."""

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from mma_analysis.cli.console import Audience, Edition, app, print_json, say, warn
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import UsageError

# A zip makes a key of a passphrase in a thousand steps, so who steals it can try many.
SHORTEST = 12


@app.command()
def audit(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Kijk de rapporten na: staat er niets in dat er niet hoort, en is alles vrijgegeven?"""
    from mma_analysis.audit import examine, explained, write_result

    workspace = ctx.obj.workspace
    reports = workspace.reports(edition)
    settings, tables = workspace.edition(edition, removed=True), workspace.processed(edition)
    verdict = examine(settings, reports, tables, before=reports)
    write_result(verdict, settings, reports)
    _warn_when_stale(workspace, edition)
    if ctx.obj.as_json:
        print_json(verdict.as_json())
    elif verdict.is_released:
        signed = len(verdict.of("released"))
        say(f"audit: {len(verdict.files)} bestanden nagekeken, alles akkoord, {signed} getekend")
    else:
        say(explained(verdict))
    if not verdict.is_released:
        # What leaks is a failure; what waits for two people is not.
        raise typer.Exit(3 if verdict.is_clean else 1)


@app.command("bundle")
def make_bundles(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only for this recipient: dvo, or a gemeente; may be repeated."),
    ] = None,
    audience: Audience = None,
    encrypt: Annotated[
        bool,
        typer.Option(
            "--encrypt",
            help="Encrypt what is for a gemeente; asks passphrases, or reads a line each on stdin.",
        ),
    ] = False,
) -> None:
    """Pack the audited files: one zip for the DVO, and one for each gemeente."""
    from mma_analysis.audit import refuse_unaudited, refuse_unreleased
    from mma_analysis.pipeline import issued
    from mma_analysis.publish.bundle import bundle, recipients
    from mma_analysis.storage import locked

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition, removed=True)
    who = recipients(settings.vocabulary, only or [], audience)
    intern = [recipient for recipient in who if recipient.audience == "intern"]
    if encrypt and not intern:
        raise UsageError("--encrypt is for gemeenten: what is openbaar has nothing to hide")
    secrets = _passphrases([recipient.slug for recipient in intern]) if encrypt else {}
    reports, target = workspace.reports(edition), workspace.bundles(edition)
    _warn_when_stale(workspace, edition)
    with locked(workspace, edition):
        refuse_unaudited(settings, reports)
        refuse_unreleased(settings, reports)
        issue = issued(workspace, settings, dt.date.today())
        made, gone = bundle(settings, reports, target, who, secrets)
    if gone:
        warn(f"of earlier files, and taken away: {', '.join(gone)}; `mma bundle` makes them anew")
    if ctx.obj.as_json:
        rows = [
            {"recipient": b.recipient.slug, "file": str(b.path), "sha256": b.sha256}
            | {"files": list(b.files), "encrypted": b.is_encrypted}
            for b in made
        ]
        print_json({"bundles": rows, "issue": issue.number if issue else None})
        return
    if issue:
        say(f"uitgave {issue.number}: deze aantallen staan nu vast, ook in een volgende editie")
    for bundled in made:
        is_open = bundled.recipient.audience == "intern" and not bundled.is_encrypted
        say(f"made {bundled.path}{' (not encrypted: send it safely)' if is_open else ''}")


def _passphrases(slugs: Sequence[str]) -> dict[str, str]:
    """Slug of each recipient → its passphrase: a person types each twice, a script gives lines.

    Two recipients never have the same: each could open the other's.
    """
    found: dict[str, str] = {}
    for slug in slugs:
        if sys.stdin.isatty():
            asked = f"passphrase for {slug}"
            given = typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
        else:
            given = sys.stdin.readline().rstrip("\r\n")
        if len(given) < SHORTEST:
            raise UsageError(
                f"the passphrase for {slug} has fewer than {SHORTEST} signs: take four or more "
                "words that do not belong together; a script gives a line for each of "
                f"{', '.join(slugs)}"
            )
        if same := [other for other in found if found[other] == given]:
            raise UsageError(
                f"{slug} has the same passphrase as {same[0]}: each could open the other's bundle"
            )
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
        warn(
            f"{len(stale)} pages are not up to date ({stale[0]['page']}: {stale[0]['why']}); "
            f"`mma list {slug} --why` says why of each, `mma run {slug}` makes them"
        )


@app.command("compare")
def compare_editions(
    ctx: typer.Context,
    edition: Edition,
    previous: Annotated[str, typer.Argument(help="Name of the earlier edition.")],
) -> None:
    """Say what changed since an earlier edition, in figures and in what they mean."""
    from mma_analysis.compare import compare, told

    comparison = compare(ctx.obj.workspace, edition, previous)
    if ctx.obj.as_json:
        print_json(comparison)
    else:
        say(*told(comparison))


@app.command("forget")
def forget_rows(
    ctx: typer.Context,
    edition: Edition,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it only says what.")] = False,
) -> None:
    """Remove rows and exact figures of an edition; released tables and openbaar reports stay."""
    from mma_analysis.forget import forget, stays, to_forget

    workspace = ctx.obj.workspace
    is_there = stays(workspace, edition) or to_forget(workspace, edition)
    if not is_there or Path(edition).name != edition:
        workspace.edition(edition, removed=True)  # says which editions there are
    if yes:
        removed = forget(workspace, edition)
        say(*(f"removed {path}" for path in removed))
        say("forgotten" if removed else "there was nothing left to forget")
    else:
        say(*(f"would remove {path}" for path in to_forget(workspace, edition)))
    say(*(f"stays: {path}" for path in stays(workspace, edition)))
    if not yes:
        say(f"nothing was removed; `mma forget {edition} --yes` does it, and there is no way back")
