"""Rules over typed content and file facts. Each is a pure function that yields problems."""
