-- Types are TEXT and BIGINT only, so that the same text serves SQLite and PostgreSQL.
-- Times are microseconds since 1970 in UTC. `body` holds a noun's own state as JSON; the other
-- columns are what is searched by.

CREATE TABLE event (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    facts TEXT NOT NULL
);

-- Which incidents and runs an event is about: `incident:3`, `run:7`.
CREATE TABLE event_subject (
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (subject, seq)
);

CREATE TABLE check_state (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE alert (
    service TEXT NOT NULL,
    symptom TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (service, symptom)
);

CREATE TABLE incident (
    id BIGINT NOT NULL PRIMARY KEY,
    stage TEXT NOT NULL,
    service TEXT NOT NULL,
    severity TEXT,
    opened_at BIGINT NOT NULL,
    is_open BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX incident_open ON incident (is_open, id);

CREATE TABLE run (
    id BIGINT NOT NULL PRIMARY KEY,
    incident BIGINT,
    is_active BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX run_active ON run (is_active, id);
CREATE INDEX run_incident ON run (incident, id);

CREATE TABLE notice (
    key TEXT NOT NULL PRIMARY KEY,
    incident BIGINT NOT NULL,
    is_settled BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX notice_unsettled ON notice (is_settled, incident);

CREATE TABLE repair (
    service TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

-- Effects that are committed and whose outcome is not known yet.
CREATE TABLE outbox (
    key TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- What checks saw, by the hour: bounded however often they look.
CREATE TABLE sample (
    check_id TEXT NOT NULL,
    hour BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    took_us BIGINT NOT NULL,
    slowest_us BIGINT NOT NULL,
    PRIMARY KEY (check_id, hour)
);

CREATE INDEX sample_hour ON sample (hour);

-- Tokens and sessions, by the hash of what their bearer holds.
CREATE TABLE access (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

-- The database's own name: folders with the output of commands bear it, so that another database's are not taken for its own.
CREATE TABLE identity (
    id TEXT NOT NULL PRIMARY KEY
);
