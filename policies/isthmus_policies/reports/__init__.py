"""What a run of the gate found, and the forms in which it is told."""
