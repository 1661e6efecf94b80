"""What may be done with things found."""
