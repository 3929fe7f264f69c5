"""Figures: what must be fast, measured."""
