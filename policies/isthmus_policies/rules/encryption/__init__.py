"""Data at rest is encrypted with a key that the customer manages."""
