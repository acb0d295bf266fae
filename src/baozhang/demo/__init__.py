"""A whole fictional district, generated and deterministic, to try the product on."""
