"""The field's things as frozen values: what a package, a resource, a programme is. Standard library only."""
