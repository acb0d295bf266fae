"""The screens that are more than a resource: review, filling, differences, workbook, spending, totals."""
