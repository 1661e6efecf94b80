"""Template tags of the rule."""
