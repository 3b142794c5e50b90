-- How often somebody compared names with those of the register.
CREATE INDEX audit_alike ON audit (actor, seq) WHERE subject = 'alike by name';
