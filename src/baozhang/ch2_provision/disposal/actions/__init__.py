"""Acts of a disposal case: drafting, papers, screening, carrying out, ending."""
