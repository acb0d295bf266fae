"""Official documents, reports and labels, typeset from plain data in the layout of GB/T 9704-2012."""
