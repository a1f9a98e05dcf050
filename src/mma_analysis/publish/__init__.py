"""A notebook + an area → a page; the index; the set of pages. The only place with papermill."""
