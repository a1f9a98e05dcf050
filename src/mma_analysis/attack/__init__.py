"""What readers can work out from all that was released, without the code that counts and rounds."""

from mma_analysis.attack.readers import OUTSIDER, Learnt, NotAttackedError, System
