"""Who asks, and what he may do: passwords, tokens, sessions, and the limits on guessing."""
