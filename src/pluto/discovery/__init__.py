"""Finds miners: an external service, our own search, mDNS."""
