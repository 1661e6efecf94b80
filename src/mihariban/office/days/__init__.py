"""Days and hours: the calendar with its changes, and what is open when (article 4)."""
