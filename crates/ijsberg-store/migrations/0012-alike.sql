-- How often somebody compared names with those of the register.
CREATE INDEX audit_alike ON audit (actor, seq) WHERE subject = 'alike by name';
-- Decisions on status, to tell whether there are new ones.
CREATE INDEX record_kind ON record (kind, recorded_at);
