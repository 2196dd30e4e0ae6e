"""What several rules ask of a resource, or of the whole stack: grants, places, lineage, fleets."""
