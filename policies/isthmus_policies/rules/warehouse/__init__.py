"""Data warehouses."""
