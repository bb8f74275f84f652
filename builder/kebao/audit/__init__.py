"""Reads a finished site, of whatever making, and says what in it is broken (``kebao audit``)."""
