"""What can be done with faults, one module per action."""
