"""Finds miners: an external discovery service, or our own search of the network."""
