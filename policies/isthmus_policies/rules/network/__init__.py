"""Private networks and the ways into them."""
