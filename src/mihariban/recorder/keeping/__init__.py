"""The recorder's duties over time: expiry, erasure, day lists, forecasts, signatures. One module for each."""

from mihariban.recorder.keeping.keeper import Keeper

__all__ = ["Keeper"]
