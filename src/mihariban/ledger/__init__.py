"""A book that cannot be rewritten unnoticed: entries in a Merkle tree, signed checkpoints, cosignatures, proofs.

Pure: it knows no camera, no office and no database of theirs. Where entries are stored is a parameter. The design,
with its numbered invariants, is docs/design/ledger.md.
"""
