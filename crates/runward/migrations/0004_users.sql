-- People, by name. `password` is an argon2id hash; empty for somebody who comes in by links only.
CREATE TABLE person (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Whose a token or session is (nobody's for a program's token), the most it may do, and when it was used last.
ALTER TABLE access ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE access ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
ALTER TABLE access ADD COLUMN used_at BIGINT;

CREATE INDEX access_person ON access (person);

-- A session from before there were people belongs to whoever typed a name: it lets nobody in any more.
DELETE FROM access WHERE kind = 'session';
