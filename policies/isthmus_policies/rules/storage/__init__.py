"""Objects and files are kept as long as they must be, and their use is recorded."""
