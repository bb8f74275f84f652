"""MkDocs plugins over the core: glue only. ``import kebao`` does the work."""
