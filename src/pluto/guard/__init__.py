"""Who may talk to us: the one door in front of HTTP and Socket.IO."""
