"""From a camera to the volume: source, presence, visit, recording."""
