-- The hash of each entry over itself and the entry before it; empty for what is older than the chain.
ALTER TABLE event ADD COLUMN chain TEXT NOT NULL DEFAULT '';
