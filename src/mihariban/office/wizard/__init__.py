"""First-run wizard: from an empty office to one that the manager signed for, step by step."""
