"""What reports do that is entered: exports."""
