"""Which count is which: figures on pages by area, period, breakdown and value."""
