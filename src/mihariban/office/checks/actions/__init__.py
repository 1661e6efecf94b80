"""What can be done with check sheets, one module per action."""
