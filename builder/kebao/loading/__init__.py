"""The only part that reads content/ and site_config/: bytes in, typed values and problems out."""
