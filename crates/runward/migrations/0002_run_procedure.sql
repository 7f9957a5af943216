-- Runs are searched by what they carry out, and why: the page of a runbook tells how each procedure went last.

ALTER TABLE run ADD COLUMN procedure TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT '';

CREATE INDEX run_procedure ON run (procedure, kind, id);
