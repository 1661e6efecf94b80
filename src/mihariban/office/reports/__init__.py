"""All registers on one page, and figures drawn from visits."""
