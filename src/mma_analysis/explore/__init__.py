"""The researcher's door. Each module is loaded by who needs it: some need the `lab`."""
