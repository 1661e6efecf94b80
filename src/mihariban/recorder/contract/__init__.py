"""What the recorder and its callers say to each other: versioned, knowing no transport. docs/design/api.md, grants.md.

Facts (status, visits, events) may grow: readers pass over names they do not know. What is signed (orders, grants) may
not: an unknown name in it is refused. Instants of facts are ISO 8601 with offset, to the millisecond; instants that
decide something (orders, grants, cursors) are exact to the nanosecond, ``2026-11-23T08:30:00.000000000Z``.
"""

from __future__ import annotations

PREFIX = "/v1"
"""Version of the contract, first in every path."""
