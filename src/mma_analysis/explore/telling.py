"""Names with what they are: how an object of the library shows itself."""

from collections.abc import Sequence
from html import escape


def as_text(facts: Sequence[tuple[str, str]]) -> str:
    """One line per name, with what it is beside it.

    Examples
    --------
    >>> print(as_text([("trend", "Trend in het district"), ("costs", "Kosten")]))
    trend  Trend in het district
    costs  Kosten
    """
    width = max((len(name) for name, _ in facts), default=0)
    return "\n".join(f"{name:<{width}}  {what}".rstrip() for name, what in facts)


def as_html(facts: Sequence[tuple[str, str]]) -> str:
    """The same as a table; whatever is in it is text.

    Examples
    --------
    >>> as_html([("a", "<b>")]).count("&lt;b&gt;")
    1
    """
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(what)}</td></tr>"
        for name, what in facts
    )
    return f"<table><tbody>{rows}</tbody></table>"
