"""Gradebook files of learning management systems, filled in."""
