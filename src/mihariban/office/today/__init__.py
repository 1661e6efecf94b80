"""Today's screen: what is open, what is watched, what is not done, what is wrong."""
