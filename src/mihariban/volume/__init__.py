"""The encrypted ring: one pre-written file of fixed regions, and the table of the clips' keys."""
