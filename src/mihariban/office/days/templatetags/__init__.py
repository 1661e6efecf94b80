"""Template tags of days."""
