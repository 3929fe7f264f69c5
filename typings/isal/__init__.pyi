"""What Pluto uses of isal."""
