"""Mirroring a static site to schools: signed releases, deltas, sticks (DESIGN §7).

Stands alone: the standard library, ``tuf``, ``securesystemslib`` and ``urllib3`` only, Python 3.10, so that a
school runs it from one file.
"""
