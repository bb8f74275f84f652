"""The version of the probes, known without importing what reads the files."""

#: Raise it when a probe or a detector of personal data starts to say more: what is cached is then left alone.
PROBE_VERSION = 6
