"""What the figures mean: which definitions are not those of the earlier edition."""

from collections.abc import Iterator, Mapping
from typing import Any

Definitions = Mapping[str, Any]
SETTINGS = ("begin", "peildatum", "threshold", "topics")


def changed_definitions(
    now: Definitions | None, before: Definitions | None
) -> list[dict[str, Any]] | None:
    """List what is defined otherwise; none when one of the two did not write it down.

    Returns
    -------
    list[dict[str, Any]] | None
        Per change: `what` (a setting, `connected`, `group` or `indicator`), `of` (a gemeente, topic
        or indicator, or empty), `before` and `after`; none where there was nothing. An indicator
        whose words changed without a new version has the same version twice.
    """
    if now is None or before is None:
        return None
    found = [_row(name, "", before.get(name), now.get(name)) for name in SETTINGS]
    found += _by_key("connected", now.get("connected", {}), before.get("connected", {}))
    found += _by_key("group", now.get("groups", {}), before.get("groups", {}))
    return [row for row in found if row["before"] != row["after"]] + list(_indicators(now, before))


def _row(what: str, of: str, before: Any, after: Any) -> dict[str, Any]:
    return {"what": what, "of": of, "before": before, "after": after}


def _by_key(what: str, now: Definitions, before: Definitions) -> list[dict[str, Any]]:
    return [_row(what, key, before.get(key), now.get(key)) for key in sorted({*now, *before})]


def _indicators(now: Definitions, before: Definitions) -> Iterator[dict[str, Any]]:
    new, old = now.get("indicators", {}), before.get("indicators", {})
    for code in sorted(new | old):
        one, other = new.get(code), old.get(code)
        if one != other:
            versions = (row and row["version"] for row in (other, one))
            yield _row("indicator", code, *versions)
