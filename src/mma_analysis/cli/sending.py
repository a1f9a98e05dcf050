"""Commands about what is sent, and what is kept."""

from pathlib import Path
from typing import Annotated

import typer

from mma_analysis.cli.console import app, print_json, say, warn
from mma_analysis.cli.options import AsJson, Audience, Debug, Edition, Root, check_audience
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import UsageError


@app.command()
def audit(
    edition: Edition = EXAMPLE, root: Root = None, as_json: AsJson = False, debug: Debug = False
) -> None:
    """Attack and search the finished files: do they give anything away?"""
    from mma_analysis.audit import examine, explained, write_result

    workspace = Workspace.here(root)
    reports = workspace.reports(edition)
    verdict = examine(workspace.edition_as_left(edition), reports, before=reports)
    write_result(verdict, edition, reports)
    _warn_when_stale(workspace, edition)
    if as_json:
        print_json(verdict.as_json(edition))
    elif verdict.is_clean:
        say(
            f"audit: {len(verdict.files)} files, nothing found, {len(verdict.released)} released; "
            f"{len(verdict.not_attacked)} tables that hide counts could not be attacked"
        )
    else:
        say(explained(verdict))
    if not verdict.is_clean:
        raise typer.Exit(1)


@app.command("bundle")
def make_bundles(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only for this recipient: dvo, or a gemeente; may be repeated."),
    ] = None,
    audience: Audience = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt what is for a gemeente; asks passphrases.")
    ] = False,
    passphrase_fd: Annotated[
        int | None,
        typer.Option(min=0, help="Read passphrases from this descriptor: 0 is stdin."),
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Pack the audited files: one zip for the DVO, and one for each gemeente."""
    from mma_analysis.bundle import asked_for, bundle, of_earlier_files, read_from, recipients
    from mma_analysis.storage import locked

    check_audience(audience)
    workspace = Workspace.here(root)
    settings = workspace.edition_as_left(edition)
    who = recipients(settings.vocabulary, only or [], audience)
    intern = [recipient for recipient in who if recipient.audience == "intern"]
    if (encrypt or passphrase_fd is not None) and not intern:
        raise UsageError("--encrypt is for gemeenten: what is openbaar has nothing to hide")
    secrets = {}
    if passphrase_fd is not None:
        secrets = read_from(passphrase_fd, intern)
    elif encrypt:
        secrets = asked_for(intern)
    reports, target = workspace.reports(edition), workspace.bundles(edition)
    _warn_when_stale(workspace, edition)
    with locked(workspace, edition):
        made = bundle(settings, reports, target, who, secrets)
    if earlier := of_earlier_files(target):
        warn(
            f"of earlier files, and left as they were: {', '.join(earlier)}; "
            f"`mma bundle {edition}` makes them all anew"
        )
    if as_json:
        rows = [
            {"recipient": b.recipient.slug, "file": str(b.path), "sha256": b.sha256}
            | {"files": list(b.files), "encrypted": b.is_encrypted}
            for b in made
        ]
        print_json({"bundles": rows})
        return
    for bundled in made:
        is_open = bundled.recipient.audience == "intern" and not bundled.is_encrypted
        say(f"made {bundled.path}{' (not encrypted: send it safely)' if is_open else ''}")


def _warn_when_stale(workspace: Workspace, slug: str) -> None:
    """Say how many pages are there and not up to date; of what was forgotten none can be made."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.storage import FORGOTTEN, read_manifest

    if (read_manifest(workspace.processed(slug)) or {FORGOTTEN: True}).get(FORGOTTEN):
        return
    there = [row for row in standing(workspace, slug) if row["state"] == "to be made"]
    stale = [row for row in there if (workspace.reports(slug) / row["page"]).is_file()]
    if stale:
        warn(
            f"{len(stale)} pages are not up to date ({stale[0]['page']}: {stale[0]['why']}); "
            f"`mma list {slug} --why` says why of each, `mma run {slug}` makes them"
        )


@app.command("compare")
def compare_editions(
    edition: Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")],
    previous: Annotated[str, typer.Argument(help="Name of the earlier edition.")],
    root: Root = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say what changed since an earlier edition, in figures and in what they mean."""
    from mma_analysis.compare import compare, told

    comparison = compare(Workspace.here(root), edition, previous)
    if as_json:
        print_json(comparison.as_json())
        return
    for line in told(comparison):
        say(line)


@app.command("forget")
def forget_rows(
    edition: Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it only says what.")] = False,
    root: Root = None,
    debug: Debug = False,
) -> None:
    """Remove rows and exact figures of an edition; released tables and openbaar reports stay."""
    from mma_analysis.forget import forget, stays, to_forget

    workspace = Workspace.here(root)
    is_there = stays(workspace, edition) or to_forget(workspace, edition)
    if not is_there or Path(edition).name != edition:
        workspace.edition_as_left(edition)  # says which editions there are
    if yes:
        removed = forget(workspace, edition)
        for path in removed:
            say(f"removed {path}")
        say("forgotten" if removed else "there was nothing left to forget")
    else:
        for path in to_forget(workspace, edition):
            say(f"would remove {path}")
    for path in stays(workspace, edition):
        say(f"stays: {path}")
    if not yes:
        say(f"nothing was removed; `mma forget {edition} --yes` does it, and there is no way back")
