"""What holds for a whole project, account or organization."""
