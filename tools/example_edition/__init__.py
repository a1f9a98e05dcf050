"""The maker of the example edition: deliveries, survey, and what should be counted in them.

`python -m tools.example_edition.edition` writes what is made of `data/raw/voorbeeld-2023` again,
byte for byte; its settings, code book, themes and quotes are written by hand, there. What happens
in the district, how each gemeente delivers it and in which words are tables under `tables/`.
Nothing here imports the package: it cannot count as the package counts.
"""
