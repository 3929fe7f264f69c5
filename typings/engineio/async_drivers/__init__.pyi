"""The servers that python-engineio can stand on."""
