"""Puts the parts to work: checks a project, stores its files, builds shards through MkDocs, publishes a folder whole."""
