"""A class of students: grade what they submitted, keep it, and write their grades."""
