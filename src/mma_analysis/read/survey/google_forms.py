"""Google Forms: one header row; choices in one cell, with a comma or a semicolon between them."""

from mma_analysis.read.survey.tool import Tool

# The spreadsheet has commas, the csv of the form itself has semicolons.
GOOGLE_FORMS = Tool("Google Forms", separators=(", ", ";"))
