-- control.db: what the ring cannot tell again. SQLite, WAL, synchronous=FULL.
-- Every instant is an INTEGER of nanoseconds since 1970-01-01 UTC, as the site's clock showed it.

-- One row: whose book this is.
CREATE TABLE book (
    format      INTEGER NOT NULL,           -- version of this schema
    site        TEXT NOT NULL,              -- id of the site in site.toml
    recorder    TEXT NOT NULL,              -- id of the recorder in site.toml
    created     INTEGER NOT NULL
) STRICT;

-- One row for each life of the recorder's process.
CREATE TABLE life (
    id          INTEGER PRIMARY KEY,
    boot        TEXT NOT NULL,              -- the machine's boot id
    started     INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,           -- written every few seconds: after a crash the life ended about here
    ended       INTEGER                     -- NULL while it lives, and after a crash
) STRICT;

-- One row for each version of the rule under which anything was filmed: old versions stay readable.
CREATE TABLE policy_version (
    hash        TEXT PRIMARY KEY,           -- SHA-256 of the file, hexadecimal
    policy      TEXT NOT NULL,              -- id of the rule
    version     TEXT NOT NULL,
    text        TEXT NOT NULL,              -- the file as it was
    first_used  INTEGER NOT NULL
) STRICT;

-- One row for each visit. The pictures are in the ring; these facts outlive them as long as the rule says.
CREATE TABLE visit (
    id          BLOB PRIMARY KEY,           -- 16 bytes
    camera      TEXT NOT NULL,
    policy      TEXT NOT NULL,              -- hash of the version under which it was filmed
    started     INTEGER NOT NULL,           -- presence begins
    ended       INTEGER,                    -- presence has ended; NULL while recording
    recorded_from INTEGER NOT NULL,         -- pictures from here, pre-roll included
    recorded_to INTEGER,                    -- pictures up to here, post-roll included; NULL while recording
    reason      TEXT NOT NULL,              -- why presence was found
    score       REAL NOT NULL,
    end_reason  TEXT,
    end_score   REAL,
    handovers   TEXT NOT NULL DEFAULT '[]', -- JSON array of instants
    left_behind TEXT NOT NULL DEFAULT '[]', -- JSON array of instants
    expires     INTEGER,                    -- last deadline of its clips; NULL where the rule knows no clock
    erased      INTEGER                     -- keys destroyed; NULL while footage is kept
) STRICT;
CREATE INDEX visit_started ON visit (camera, started);

-- One row for each span in which the camera should have been watched and was not.
CREATE TABLE gap (
    id          INTEGER PRIMARY KEY,
    camera      TEXT NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER,                    -- NULL while it lasts
    cause       TEXT NOT NULL,              -- stable code, docs/reference/gaps.md
    detail      TEXT NOT NULL               -- for a person; never a password
) STRICT;
CREATE INDEX gap_started ON gap (camera, started);

-- One row for each span in which the rule permits no filming, as the recorder kept it.
CREATE TABLE closed_period (
    id          INTEGER PRIMARY KEY,
    camera      TEXT NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER,                    -- NULL while it lasts
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX closed_started ON closed_period (camera, started);

-- Calendar entries of the site, pushed by the office and kept here: they are obeyed when the office is away.
CREATE TABLE calendar (
    id          TEXT PRIMARY KEY,
    entry       TEXT NOT NULL,              -- JSON, mihariban.policy.CalendarEntry
    received    INTEGER NOT NULL,
    withdrawn   INTEGER                     -- NULL while it is in force
) STRICT;
