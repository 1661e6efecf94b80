"""Mihariban (見張り番): a recorder and operations book for public-service kiosks."""

__version__ = "0.1.0"
