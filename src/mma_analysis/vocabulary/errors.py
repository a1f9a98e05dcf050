"""What a person can repair: the two kinds of error that reach whoever runs this."""


class MmaError(Exception):
    """Something a person can repair: what is wrong, where, what was expected, what to do next.

    Never raised itself: it is a `DataError` or a `UsageError`. Never carries the content of a
    melding.
    """


class DataError(MmaError):
    """What came in, or what was made of it, is wrong: what was run failed."""


class UsageError(MmaError):
    """Wrong use or a wrong setting: nothing was run."""
