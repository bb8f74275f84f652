"""Puts the parts to work: checks a project, stores its files, builds its shards through MkDocs."""
