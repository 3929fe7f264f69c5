"""What a user can ask, a verb a module."""
