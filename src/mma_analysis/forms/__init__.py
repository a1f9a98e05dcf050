"""What a person fills in: the settings and tables of a new edition, a code book, workbooks.

All of it is written to be read and changed by hand, so nothing here knows a clean table.
"""
