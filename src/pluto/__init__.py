"""Pluto: a fleet manager for open-source Bitcoin miners."""

__version__ = "2.0.0"
