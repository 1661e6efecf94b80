-- office.db: what the office decided. SQLite, WAL, synchronous=FULL. The ledger's tables stand beside these.

-- One row: whose book this is.
CREATE TABLE book (
    format      INTEGER NOT NULL,           -- version of this schema
    name        TEXT NOT NULL,              -- of the office; its ledger's origin
    created     INTEGER NOT NULL            -- ns since 1970-01-01 UTC
) STRICT;

-- One row: an order that was signed. Names and reasons are not here: they stand beside the ledger and can be erased.
CREATE TABLE order_issued (
    id          TEXT PRIMARY KEY,           -- 26 letters
    kind        TEXT NOT NULL,              -- grant, revoke, hold, release, calendar, policy, still
    site        TEXT NOT NULL,              -- site and recorder that shall obey it
    recorder    TEXT NOT NULL,
    entry       INTEGER NOT NULL,           -- number of its entry in the ledger
    sequence    INTEGER,                    -- of a calendar or policy push
    core        TEXT NOT NULL,              -- the order, canonical JSON; in place of each text its commitment alone
    text        TEXT                        -- what travels with it: the text of a rule
) STRICT;
CREATE INDEX order_issued_push ON order_issued (kind, site, recorder, sequence);
