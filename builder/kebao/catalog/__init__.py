"""One package in one locale: which resources are shown, in which words, and how they are grouped."""
