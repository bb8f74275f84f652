"""The search index of a shard: tokens, postings, texts, and the files that hold them (docs/search-format.md). Pure."""
