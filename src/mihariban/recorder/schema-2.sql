-- control.db, second part: holds, grants, erasures, findings. The ledger's own tables are in ledger/schema.sql.

-- One row for each hold. The ring knows the same by its manifests, so that a lost book loses no hold.
CREATE TABLE hold (
    id          BLOB PRIMARY KEY,           -- 16 bytes
    camera      TEXT NOT NULL,
    from_wall   INTEGER NOT NULL,           -- what was asked for: [from_wall, to_wall)
    to_wall     INTEGER NOT NULL,
    document    TEXT NOT NULL,              -- JSON: reason, article, approver, request; goes with the hold's release
    review      INTEGER,                    -- to be looked at again by then
    kept_ns     INTEGER NOT NULL,           -- footage that it keeps
    bytes       INTEGER NOT NULL,
    placed      INTEGER NOT NULL,
    released    INTEGER                     -- NULL while it keeps
) STRICT;

-- One row for each clip whose key was destroyed, until its visit's record shrinks; while its bytes wait, it then stays
-- without ids and times. Where an entry was lost, one row stands for all keys of a region.
CREATE TABLE erasure (
    clip        BLOB PRIMARY KEY,
    visit       BLOB NOT NULL,
    camera      TEXT NOT NULL,
    region      INTEGER NOT NULL,
    generation  INTEGER NOT NULL,           -- use of the region in which it lay
    filmed_from INTEGER NOT NULL,
    filmed_to   INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,
    cause       TEXT NOT NULL,              -- deadline, capacity, release, or how a lost one was found
    destroyed   INTEGER NOT NULL,           -- its key was gone from both slots
    read_back   INTEGER NOT NULL,           -- 1: both slots were read again and hold no key
    overwritten INTEGER,                    -- its region was filled with something else; NULL: not yet
    level       TEXT NOT NULL               -- what may be said now: E0 to E3
) STRICT;
CREATE INDEX erasure_region ON erasure (region, generation) WHERE overwritten IS NULL;
CREATE INDEX erasure_visit ON erasure (visit);

-- One row for each visit whose footage is gone and whose record has shrunk.
CREATE TABLE past_visit (
    id          INTEGER PRIMARY KEY,
    camera      TEXT NOT NULL,
    date        TEXT NOT NULL,              -- local date
    hour        INTEGER NOT NULL,           -- local hour in which it began
    seconds     INTEGER NOT NULL,
    policy      TEXT NOT NULL               -- hash of the version under which it was filmed
) STRICT;
CREATE INDEX past_visit_date ON past_visit (camera, date);

-- One row for each finding of camera or machine.
CREATE TABLE finding (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,              -- camera, or empty for the machine
    began       INTEGER NOT NULL,
    ended       INTEGER,                    -- NULL while it lasts
    figures     TEXT NOT NULL               -- JSON
) STRICT;
CREATE INDEX finding_open ON finding (kind, subject) WHERE ended IS NULL;

-- One row for each grant that was opened, so that none is used twice for other things.
CREATE TABLE footage_grant (
    id          TEXT PRIMARY KEY,
    digest      BLOB NOT NULL,              -- SHA-256 of the signed document
    camera      TEXT NOT NULL,
    from_wall   INTEGER NOT NULL,
    to_wall     INTEGER NOT NULL,
    purpose     TEXT NOT NULL,
    request     TEXT NOT NULL,              -- number of the request
    until_wall  INTEGER NOT NULL,           -- not opened from then on
    opened      INTEGER NOT NULL,
    closed      INTEGER,
    revoked     INTEGER
) STRICT;

-- One row for each signed order that was carried out: an order is carried out once.
CREATE TABLE signed_order (
    kind        TEXT NOT NULL,
    id          TEXT NOT NULL,
    digest      BLOB NOT NULL,
    sequence    INTEGER NOT NULL DEFAULT 0, -- of calendar and policy: an older one is refused
    received    INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

-- Small things to be remembered over a restart: place of the scrub, last rotation, days already listed.
CREATE TABLE remembered (
    name        TEXT PRIMARY KEY,
    value       TEXT NOT NULL               -- JSON
) STRICT;

-- One row for each text beside the ledger that holds times of visits and must go with their records.
CREATE TABLE forgettable (
    hash        BLOB PRIMARY KEY,           -- commitment in the ledger
    camera      TEXT NOT NULL,
    date        TEXT NOT NULL,              -- local date of the visits that it lists; goes when none of them is left
    due         INTEGER                     -- goes then, where it does not wait for the visits of its date
) STRICT;
