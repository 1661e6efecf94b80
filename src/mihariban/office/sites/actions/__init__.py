"""What may be done with kiosks, cameras and recorders."""
