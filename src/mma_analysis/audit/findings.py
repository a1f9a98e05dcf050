"""What the audit finds: which file, which place, what kind of leak. Never the value itself."""

import hashlib
from dataclasses import dataclass

RESULT = "audit.json"  # the outcome, beside the files

# Kind → what is the matter, for the analyst.
KINDS = {
    # --- counts that are not protected
    "unattacked": "it is not known what these figures give away: the attack on them did not end",
    # --- numbers and their cells
    "cell": "a value that is not what its cell says, or is written in another way",
    "origin": "a value of a cell that does not exist for its readers; take the one of the table",
    "bare": "a number or a comparison without a cell: show the value of a table (with its column "
    "`cell`), or say what it is with `vast(number, why)`",
    "mark": "a mark or a text of a figure that is not the value of its cell: give the table with "
    "its column `cell`",
    "file": "a data file that holds something else than the table beside it",
    # --- words of deliveries and answers
    "number": "a number of a tip from a delivery",
    "run": "words in a row from a delivery or an answer",
    "name": "a name from a delivery or an answer",
    # --- what points at a person
    "plate": "a licence plate",
    "phone": "a telephone number",
    "mail": "an e-mail address",
    "account": "a bank account number",
    "citizen": "a citizen service number",
    "postcode": "a postcode with its letters",
    "address": "a street with a house number",
    # --- traces of how it was made
    "path": "a path on a computer",
    "machine": "the name of a user or a computer",
    "moment": "the moment at which something was made",
    "notebook": "traces of the notebook that made it",
    "comment": "a comment that no reader sees",
    "property": "a document property that names a person or a moment",
    "unseen": "something that a reader does not see",
    "change": "a change that is still kept in the file",
    "attribute": "a number in an attribute that no page of ours has",
    # --- what is active, or fetches
    "external": "an address outside the file",
    "script": "a script that is not ours",
    "style": "a style sheet that is not ours",
    "handler": "an attribute that runs a script",
    "element": "an element that loads, sends or embeds",
    "formula": "a formula in a workbook",
    "unread": "something that cannot be searched",
    "strange": "something that files of ours never have",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One leak: the file below the edition's reports, the place in it, and what kind it is.

    `source` is where it came from in the deliveries (file, sheet, row, column), when that is known.
    """

    file: str
    place: str
    kind: str
    source: str = ""

    @property
    def id(self) -> str:
        """A short name that stays the same as long as file, place and kind do."""
        parts = "\n".join((self.file, self.place, self.kind, self.source))
        return hashlib.sha256(parts.encode()).hexdigest()[:10]

    @property
    def sentence(self) -> str:
        """What is the matter and where, for the analyst; the value is not in it."""
        source = f" ({self.source})" if self.source else ""
        return f"{self.file}, {self.place}: {KINDS[self.kind]}{source}"
