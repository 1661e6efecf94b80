"""What every room stands on: time, errors, ids, files, one SQLite. Knows nothing of kiosks or cameras."""
