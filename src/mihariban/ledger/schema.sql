-- One row: one entry of the ledger. Rows are added, never changed or deleted.
CREATE TABLE ledger_entry (
  seq INTEGER PRIMARY KEY,                  -- number of the entry, from 0, without holes
  leaf BLOB NOT NULL,                       -- the entry, canonical JSON
  hash BLOB NOT NULL                        -- its RFC 6962 leaf hash
) STRICT;

CREATE TRIGGER ledger_entry_keep BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never changed'); END;

CREATE TRIGGER ledger_entry_stay BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never deleted'); END;

-- One row: the root of a full tile, written with the entry that filled it. Can be computed from the entries.
CREATE TABLE ledger_tile (
  level INTEGER NOT NULL,                   -- 1 and up: roots over 256**level entries
  place INTEGER NOT NULL,                   -- number within the level, from 0
  hash BLOB NOT NULL,
  PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- One row: an intent whose outcome has not been entered yet.
CREATE TABLE ledger_intent (seq INTEGER PRIMARY KEY) STRICT;

-- One row: the text behind a commitment. Deleting it leaves the tree whole.
CREATE TABLE ledger_text (
  hash BLOB PRIMARY KEY,                    -- SHA-256(salt || text), as entered
  salt BLOB NOT NULL,                       -- 32 bytes
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: a checkpoint that was signed. The newest and the newest of each cosigner are kept.
CREATE TABLE ledger_checkpoint (
  size INTEGER PRIMARY KEY,                 -- entries
  note BLOB NOT NULL                        -- the signed note with the cosignatures received so far
) STRICT;

-- One row: the last checkpoint of another ledger that this party has cosigned.
CREATE TABLE ledger_seen (
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  note BLOB NOT NULL                        -- as cosigned
) STRICT;
