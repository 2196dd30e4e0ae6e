"""The simulated clouds, one package each; they never import one another."""
