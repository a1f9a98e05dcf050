"""Which files of an edition's reports are whose."""

from mma_analysis.storage import MANIFEST

INTERN_FOLDER = "intern"
AUDIT_RESULT = "audit.json"
DOSSIER = "dossier.html"
DOSSIER_DATA = "dossier.csv"
CRATE = "ro-crate-metadata.json"  # the name that an RO-Crate must have
OUTSIDE = (AUDIT_RESULT, DOSSIER, DOSSIER_DATA, CRATE)  # of the analyst: they are not sent
MANIFESTS = (f"openbaar/{MANIFEST}", f"{INTERN_FOLDER}/{MANIFEST}")
