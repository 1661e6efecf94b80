"""Things left at the kiosks and papers gone wrong (article 6(3)): found, kept, returned, destroyed or handed over."""
