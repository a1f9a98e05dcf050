"""The researcher's door: an edition, its protected tables, and questions of one's own.

`mma_analysis` gives its functions by name. Each module is loaded by who needs it: widgets and
sortable tables are of JupyterLab, and installed with the extra `lab`.
"""
