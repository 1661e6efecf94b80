"""The rule in force: its versions, what they say, and which applied when (article 12)."""
