"""Speaks to one miner: bytes in and out, bounded, decoded at the edge."""
