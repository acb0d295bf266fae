"""Chapter two, what is provided (articles 7-34): funding, assets, services, saving."""
