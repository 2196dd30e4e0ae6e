"""Workspaces in which models are made, and the machines that train them."""
