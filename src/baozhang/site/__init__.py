"""Assembly only: settings, addresses, home, law map and the command line."""
