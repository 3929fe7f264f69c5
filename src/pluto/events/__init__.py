"""Tells browsers, over Socket.IO."""
