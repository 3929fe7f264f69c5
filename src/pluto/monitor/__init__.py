"""Polls: when, whom, and what our log says of it."""
