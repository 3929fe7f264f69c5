"""The HTTP edge: the contract as a table, one handler a route, one table of problems."""
