"""Kiosks, cameras and recorders as the office knows them."""
