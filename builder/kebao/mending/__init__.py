"""Mends what can be mended in authored texts without changing what they say."""
