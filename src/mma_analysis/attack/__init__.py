"""What readers can work out from all that was released: it knows ids, and not how they were made.

It shares no code with what counts and rounds, so that a fault there is found here.
"""

from mma_analysis.attack.readers import OUTSIDER, Learnt, NotAttackedError, System
