"""An auditor's questions about recording, answered from book, ring, rule and ledger. ``recorder.audit`` puts them."""
