"""One module per action."""

from mihariban.office.people.actions.create_account import create_account

__all__ = ["create_account"]
