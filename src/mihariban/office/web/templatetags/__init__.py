"""Tags for our templates; loaded everywhere."""
