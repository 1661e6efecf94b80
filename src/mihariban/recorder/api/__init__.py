"""The recorder's door: an HTTP API. Facts go to who may know them, footage to grants alone. See docs/design/api.md."""
