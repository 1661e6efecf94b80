"""Orders that were signed. The ledger's own tables are made by a migration and have no models: nobody edits them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class OrderIssued(models.Model):
    """One row: an order that was signed. Names and reasons are not here: they stand beside the ledger and can be
    erased."""

    id = models.CharField(max_length=26, primary_key=True)
    kind = models.CharField(max_length=16)
    """grant, revoke, hold, release, calendar, policy, still"""
    site = models.CharField(max_length=100)
    """site and recorder that shall obey it"""
    recorder = models.CharField(max_length=100)
    entry = models.BigIntegerField()
    """number of its entry in the ledger"""
    sequence = models.BigIntegerField(null=True)
    """of a calendar or policy push"""
    core = models.TextField()
    """the order, canonical JSON; in place of each text its commitment alone"""
    text = models.TextField(null=True)
    """what travels with it: the text of a rule"""

    class Meta:
        db_table = "order_issued"
        indexes: ClassVar = [
            models.Index(fields=["kind", "site", "recorder", "sequence"], name="order_issued_push"),
        ]
