"""Read a delivered file: headers become our fields, free text stops here, nothing else changes."""
