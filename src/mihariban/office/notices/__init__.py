"""What the public is told: the signs at the cameras, and the public page."""
