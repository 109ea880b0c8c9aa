"""Real builds of the original and the rewritten file, and what differs between the images."""
