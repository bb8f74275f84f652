"""Kebao (课包): the engine-free core that turns authored content into resource package sites."""

__version__ = "0.1.0"
