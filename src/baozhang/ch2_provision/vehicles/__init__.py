"""Official vehicles (articles 22-23): the terminals in them, and where they have been."""
