"""Django's SQLite over the one engine of the product (``base.sqlite``) instead of the one Python was built with."""
