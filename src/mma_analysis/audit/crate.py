"""The dossier as linked data, for archives and programs: an RO-Crate.

Risks and what is done about them have the names of ACRO's ontology (statbarnsdc). A check
and a signature are called what the Five Safes RO-Crate calls them; that profile is for runs
that somebody asked for, so the crate does not say that it is one.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from mma_analysis.audit.files import CRATE
from mma_analysis.audit.signatures import Ondertekenaar, Vrijgave, signed_for
from mma_analysis.settings import Edition
from mma_analysis.storage import ISSUE_NUMBER
from mma_analysis.vocabulary import message
from mma_analysis.vocabulary.datapackage import INVENTED
from mma_analysis.vocabulary.reference import package_table

Entity = dict[str, Any]
Node = dict[str, str]

RO_CRATE = "https://w3id.org/ro/crate/1.2"
CONTEXT = [f"{RO_CRATE}/context", {"sha256": "http://schema.org/sha256"}]
STATBARNS = "https://www.w3id.org/statbarnsdc"
PROVENANCE = "https://w3id.org/shp#"  # of safe havens
DISCLOSURE_CHECK = f"{PROVENANCE}DisclosureCheck"
SIGN_OFF = f"{PROVENANCE}SignOff"
ACTION_STATUS = "http://schema.org/"
PROGRAM = "#mma-analysis"
ROOT = "./"
# Status of a line → how far its check is.
STATUS_OF_CHECK = {
    "ok": "CompletedActionStatus",
    "released": "CompletedActionStatus",
    "review": "PotentialActionStatus",
    "blocked": "FailedActionStatus",
}
SIGNED = "released"
# Column of `releases.csv` → what its terms are.
TERM_COLUMNS = {"statbarn": "statbarn", "risks": "risk", "mitigation": "mitigation"}
RELEASE_OF_KIND = {row["kind"]: row for row in package_table("releases")}
# On every machine the same, other than what its system knows of files.
MEDIA_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
UNKNOWN_MEDIA_TYPE = "application/octet-stream"


def crate(verdict: Mapping[str, Any], edition: Edition) -> Entity:
    """What an audit found of the files of an edition, as an RO-Crate.

    An entity for each file, for each other line of the dossier, for the check of each line,
    and for each of the two signatures of a line that is signed. It is the same for the
    same audit.
    """
    hashes: Mapping[str, str] = verdict["files"]
    lines: Sequence[Mapping[str, Any]] = verdict["lines"]
    signed = {release.uitvoer: release for release in signed_for(edition)}

    files = [_file(name, hashed) for name, hashed in hashes.items()]
    others = [_output(line) for line in lines if line["output"] not in hashes]
    subjects = {line["output"]: _subject(line["output"], hashes) for line in lines}

    checks = [_attack(verdict["evidence"])]
    checks += [_check(line, subjects[line["output"]]) for line in lines]
    signers: list[Ondertekenaar] = []
    for line in lines:
        if line["status"] == SIGNED:
            release = signed[line["output"]]
            checks += _signatures(release, subjects[release.uitvoer])
            signers += [release.eerste, release.tweede]

    return {
        "@context": CONTEXT,
        "@graph": [
            _descriptor(),
            _root(edition, verdict, files, checks),
            _program(),
            *files,
            *others,
            *checks,
            *_people(signers),
            *_terms(lines),
        ],
    }


# --- the crate itself ---------------------------------------------------------------------


def _descriptor() -> Entity:
    """That this file tells of the folder in which it lies."""
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": _node(ROOT),
        "conformsTo": _node(RO_CRATE),
    }


def _root(
    edition: Edition,
    verdict: Mapping[str, Any],
    files: Iterable[Entity],
    checks: Iterable[Entity],
) -> Entity:
    """The folder of reports, with what is in it and what was checked."""
    about = edition.about
    made_on = edition.opsteller.datum or edition.peildatum
    issue = verdict.get(ISSUE_NUMBER)
    description = message("crate_about", title=about.title, district=about.district)
    if about.is_invented:
        description = f"{INVENTED} {description}"
    root: Entity = {
        "@id": ROOT,
        "@type": "Dataset",
        "identifier": about.slug,
        "name": about.title,
        "description": description,
        "datePublished": made_on.isoformat(),
        "license": about.rights,
        "hasPart": [_node(file["@id"]) for file in files],
        "mentions": [_node(check["@id"]) for check in checks],
    }
    if issue is not None:
        root["version"] = str(issue)
    return root


def _program() -> Entity:
    """The program that checked."""
    return {
        "@id": PROGRAM,
        "@type": "SoftwareApplication",
        "name": "mma-analysis",
        "softwareVersion": version("mma-analysis"),
    }


# --- what goes out ------------------------------------------------------------------------


def _file(name: str, hashed: str) -> Entity:
    """A file below the folder."""
    form = PurePosixPath(name).suffix
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "encodingFormat": MEDIA_TYPES.get(form, UNKNOWN_MEDIA_TYPE),
        "sha256": hashed,
    }


def _output(line: Mapping[str, Any]) -> Entity:
    """A line of the dossier that is no file: a released table, a sentence, a finding."""
    output: Entity = {
        "@id": _subject(line["output"], ()),
        "@type": "CreativeWork",
        "name": line["output"],
        "description": line["what"] or line["kind"],
    }
    if line["content"]:
        output["identifier"] = line["content"]
    return output


def _subject(output: str, files: Iterable[str]) -> str:
    """The identifier of what a line of the dossier is about."""
    name = quote(output)
    return name if output in files else f"#uitvoer/{name}"


# --- what was checked, and who signed -----------------------------------------------------


def _attack(evidence: Mapping[str, Any]) -> Entity:
    """That the program tried itself to find out counts, and of whom."""
    is_done = bool(evidence) and evidence["is_attacked"]
    status = STATUS_OF_CHECK["ok" if is_done else "blocked"]
    attack = _action("#aanval", DISCLOSURE_CHECK, ROOT, status)
    attack["name"] = message("crate_attack")
    attack["instrument"] = _node(PROGRAM)
    if evidence:
        attack["description"] = message(
            "crate_attacked",
            readers=evidence["readers"],
            issues=evidence["issues"],
            known=evidence["known"],
            left_out=evidence["left_out"],
        )
    return attack


def _check(line: Mapping[str, Any], subject: str) -> Entity:
    """What could go wrong with a line, what was done about it, and how that stands."""
    identifier = f"#nagekeken/{quote(line['output'])}"
    check = _action(identifier, DISCLOSURE_CHECK, subject, STATUS_OF_CHECK[line["status"]])
    check["name"] = message("crate_check", output=line["output"])
    check["description"] = message(
        "crate_checked",
        risk=line["risk"],
        treatment=line["treatment"],
        attack=line["attack"],
        issues=line["issues"],
    )
    check["instrument"] = _node(PROGRAM)
    about = [_node(term) for term in _terms_of(line["kind"])]
    if about:
        check["about"] = about
    if line["note"]:
        check["disambiguatingDescription"] = line["note"]
    return check


def _signatures(release: Vrijgave, subject: str) -> list[Entity]:
    """That two people let a line go out, with what they signed for."""
    signatures = []
    for number, person in enumerate((release.eerste, release.tweede), start=1):
        identifier = f"#handtekening/{number}/{quote(release.uitvoer)}"
        signature = _action(identifier, SIGN_OFF, subject, STATUS_OF_CHECK[SIGNED])
        signature["name"] = message("crate_signature", output=release.uitvoer)
        signature["description"] = release.reden
        signature["identifier"] = release.inhoud
        signature["endTime"] = person.datum.isoformat()
        signature["agent"] = _node(_of_person(person))
        signatures.append(signature)
    return signatures


def _action(identifier: str, kind: str, subject: str, status: str) -> Entity:
    """A check of a kind."""
    return {
        "@id": identifier,
        "@type": "AssessAction",
        "additionalType": _node(kind),
        "object": _node(subject),
        "actionStatus": _node(f"{ACTION_STATUS}{status}"),
    }


def _of_person(person: Ondertekenaar) -> str:
    """The identifier of who signed, in this function."""
    return f"#persoon/{quote(person.naam)}/{quote(person.functie)}"


def _people(signers: Iterable[Ondertekenaar]) -> list[Entity]:
    """Who signed, each once."""
    people: dict[str, Entity] = {}
    for person in signers:
        identifier = _of_person(person)
        people[identifier] = {
            "@id": identifier,
            "@type": "Person",
            "name": person.naam,
            "jobTitle": person.functie,
        }
    return list(people.values())


# --- terms of others ----------------------------------------------------------------------


def _terms_of(kind: str) -> dict[str, str]:
    """Each term of the ontology that a kind of output has → what it is of that kind."""
    terms = {}
    row = RELEASE_OF_KIND[kind]
    for column, what in TERM_COLUMNS.items():
        for name in row[column].split():
            terms[f"{STATBARNS}#{name}"] = what
    return terms


def _terms(lines: Iterable[Mapping[str, Any]]) -> list[Entity]:
    """The terms that are used, each once."""
    used = {DISCLOSURE_CHECK: "check", SIGN_OFF: "sign-off"}
    for line in lines:
        used |= _terms_of(line["kind"])
    terms = []
    for identifier, what in used.items():
        vocabulary, _, name = identifier.partition("#")
        term = {
            "@id": identifier,
            "@type": "DefinedTerm",
            "name": name,
            "termCode": name,
            "description": what,
            "inDefinedTermSet": vocabulary,
        }
        terms.append(term)
    return terms


def _node(identifier: str) -> Node:
    """A pointer at an entity."""
    return {"@id": identifier}
