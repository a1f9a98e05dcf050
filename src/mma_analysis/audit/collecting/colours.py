"""Whether words stand out from what is behind them, as a reader sees it."""

LEAST_CONTRAST = 3.0  # WCAG 2.2, for the largest letters; with less nobody is meant to read it
BLACK, WHITE = "000000", "FFFFFF"


def can_be_read(letters: str, behind: str = WHITE) -> bool:
    """Whether two colours, as RRGGBB, differ enough to read one on the other."""
    light, dark = sorted((_luminance(letters), _luminance(behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
