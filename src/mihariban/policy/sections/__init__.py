"""The sections of a policy file, one class a table."""
