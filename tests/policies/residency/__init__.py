"""Every row of the tables that the rules on residency read."""
