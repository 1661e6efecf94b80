"""Faults of the kiosks (article 9): users told, vendor called, out of service, repaired, restored, confirmed."""
