"""Machines that stand idle, capacity without an end, and storage that nobody clears away."""
