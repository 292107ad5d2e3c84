"""YAML read against a declared form, with the line and column of everything."""
