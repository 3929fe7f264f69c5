"""Remembers readings and events for two years, in one SQLite file."""
