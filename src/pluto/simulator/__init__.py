"""Pretend miners on loopback; shares no code with what it imitates."""
