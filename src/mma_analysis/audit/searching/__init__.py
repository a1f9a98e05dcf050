"""What may stand in no finished file: words delivered, people, traces, what is active."""
