"""Where statements and findings stand in files."""
