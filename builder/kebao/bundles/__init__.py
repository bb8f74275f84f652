"""Download bundles: one BagIt bag (RFC 8493) as a ZIP per resource, topic, organisation and package."""
