"""How a machine gets the Python packages and the Pulumi engine; standard library only."""
