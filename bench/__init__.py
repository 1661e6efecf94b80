"""Measurements: ratios of two things run in turn on one machine. Seconds are shown beside them, never judged."""
