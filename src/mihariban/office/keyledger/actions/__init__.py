"""What may be done with the keys of the recorder case."""
