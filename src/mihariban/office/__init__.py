"""The office decides: it keeps its own ledger, signs what the recorder shall obey, and cosigns the recorder's ledger.

Of the recorder it sees the client and the contract alone. So far it is a signer without screens.
"""
