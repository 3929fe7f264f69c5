"""Figures: what must be fast has a module here that prints one."""
