"""A notebook + an area → a page; the index; the set of pages. Only here is papermill."""
