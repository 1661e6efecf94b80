"""What may be done with signs."""
