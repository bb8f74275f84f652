"""Makers of the sample materials: a typed description in, the bytes of a file out."""
