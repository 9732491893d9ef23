-- ClickHouse tables for rstwhy's records. Nothing newer than 18.16 (Debian's): no codecs, no LowCardinality, no DateTime64.
-- clickhouse-client --multiquery <schema.sql

CREATE DATABASE IF NOT EXISTS rstwhy;

-- A row a record, of every kind; a column that the record has no value for is empty, or NULL where a number would mislead.
-- rsyslog delivers at least once: a row that came twice is one after a merge, and the view below shows it once at any time.
CREATE TABLE IF NOT EXISTS rstwhy.records (
    time DateTime,              -- of the RST, to the second, UTC
    ts String,                  -- the same to the microsecond, as in the log
    gateway String,             -- who wrote it (gateway.name)
    id String,                  -- traces it: rstwhy tail, or grep, on that gateway; empty for loss and summary
    kind String,                -- reset, silence, amendment, loss, summary
    amends String,              -- amendments: the id of the record that they correct
    class String,
    cause String,
    confidence Float32,
    stage String,
    sender String,
    by String,
    client_ip String,
    client_port UInt16,
    server_ip String,
    server_port UInt16,
    nat_client_ip String,
    nat_client_port UInt16,
    nat_server_ip String,
    nat_server_port UInt16,
    gap_ms Nullable(Float64),
    gap_min_ms Nullable(Float64),
    gap_max_ms Nullable(Float64),
    ct_timeout_before_gap_ms Nullable(Float64),
    age_ms Nullable(Float64),
    interface String,           -- the one it came in by
    count UInt32,               -- RSTs of the record; of a summary: resets
    lost Nullable(Float64),     -- loss: how many, and where
    lost_where String,
    source String,              -- summary: who
    also String,                -- lists, as JSON text
    evidence String,
    advice String,
    raw String                  -- the whole line, with keys that this table does not know
) ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(time)
ORDER BY (class, cause, server_ip, server_port, gateway, time, ts, id, kind, lost_where);

-- What stands: each reset and silence once, corrected records replaced by their amendments.
CREATE VIEW IF NOT EXISTS rstwhy.verdicts AS
SELECT * FROM rstwhy.records
WHERE kind IN ('reset', 'silence', 'amendment')
  AND id NOT IN (SELECT amends FROM rstwhy.records WHERE kind = 'amendment')
LIMIT 1 BY id;
