"""The bench: what the product does in a second, beside what this machine could do; `make bench` prints it."""
