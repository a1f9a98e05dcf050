"""Which files of an edition's reports are whose."""

from mma_analysis.storage import MANIFEST

INTERN_FOLDER = "intern"
OUTSIDE = ("audit.json", "dossier.html", "dossier.csv")  # of the analyst: they are not sent
MANIFESTS = (f"openbaar/{MANIFEST}", f"{INTERN_FOLDER}/{MANIFEST}")
