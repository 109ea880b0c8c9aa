"""Says what kind of file somebody has sent."""
