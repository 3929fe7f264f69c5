"""Remembers, in LevelDB."""
