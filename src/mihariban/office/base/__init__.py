"""What every app of the office stands on: actions with their entries, policies, texts, time, and lists."""
