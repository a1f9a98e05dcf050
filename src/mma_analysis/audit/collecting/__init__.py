"""Everything that a reader or a program can find in a finished file, with its place."""
