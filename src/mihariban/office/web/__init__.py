"""The web application's frame: settings, server, middleware, base templates, static files."""
