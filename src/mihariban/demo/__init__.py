"""The whole system on sample data: nobody in it exists."""
