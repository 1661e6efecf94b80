"""What runs beside the pages while the office serves: an app names it in its ``AppConfig``.

background = ("mihariban.office.sites.listener.Listener",)   # called without arguments, a context manager each
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.apps import apps
from django.utils.module_loading import import_string


@contextmanager
def background() -> Iterator[None]:
    """All of it, begun in the order of the apps and ended in the other."""
    with ExitStack() as stack:
        for config in apps.get_app_configs():
            for name in getattr(config, "background", ()):
                stack.enter_context(import_string(name)())
        yield
