"""Pure questions on what is kept."""
