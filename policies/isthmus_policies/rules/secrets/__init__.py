"""Vaults and what they hold."""
