"""What the words mean: miners, readings, states, totals, names, secrets. Pure, no I/O."""
