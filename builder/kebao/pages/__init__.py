"""Which pages a shard has, and what stands on each: frozen views that templates turn into HTML. Pure."""
