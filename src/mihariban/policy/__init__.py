"""The rule as data, and the questions one may ask it. Pure: no input but the files."""
