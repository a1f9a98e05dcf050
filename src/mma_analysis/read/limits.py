"""What a delivered file may be at most: what is larger is refused before it can use the memory.

A gemeente gets at most some thousands of tips in the years of an evaluation; these limits are some
ten times what has been seen.
"""

MEGABYTE = 1_000_000

LARGEST_FILE = 50 * MEGABYTE
# A workbook is a compressed archive: what its parts are together when unpacked.
LARGEST_UNPACKED = 300 * MEGABYTE
MOST_PARTS = 2_000

# Of one sheet, or one text file; a workbook program lays a sheet out as a full rectangle.
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_CELLS = 5_000_000

# Of the characters of a text file: more of those that no keyboard types, and it is no text.
MOST_CONTROL_CHARACTERS = 0.01
SOME_CONTROL_CHARACTERS = 5
