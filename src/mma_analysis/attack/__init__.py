"""What readers can work out from all that was released, without what counts and rounds."""

from mma_analysis.attack.atoms import Days
from mma_analysis.attack.readers import Memory, NotAttackedError, Reader, readers
from mma_analysis.attack.revisions import Revision
from mma_analysis.attack.system import OUTSIDER, Disclosure, Knowledge, System
