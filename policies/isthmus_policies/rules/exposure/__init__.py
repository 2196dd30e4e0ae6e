"""Nothing is reachable from the internet."""
