"""What Pluto uses of python-engineio 4."""
