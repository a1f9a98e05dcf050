"""Write the fictitious example edition: deliveries, survey export and what should be counted.

Not part of the pipeline: nothing imports it. `python -m mma_analysis.example` writes
`data/raw/voorbeeld-2023` again, byte for byte. What happens in the district, how each gemeente
delivers it and in which words are tables under `tables/`.
"""
