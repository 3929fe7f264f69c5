"""The commands: arguments first, then the app, the search or the simulator."""
