"""Keys of the recorder case: who has which, who had it, how many hang there (article 10(4), (5))."""
