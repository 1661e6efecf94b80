"""Backup and restore of a site: everything but the footage and what opens it. See docs/design/backup.md."""
