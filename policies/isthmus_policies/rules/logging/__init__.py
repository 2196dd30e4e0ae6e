"""Who did what, and which traffic went where, is written down."""
