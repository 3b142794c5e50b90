-- What an auditor is to see, when each of them looked last, and whom somebody looked up: found without going through the whole log.
CREATE INDEX audit_unusual ON audit (seq) WHERE operation = 'unusual_reading';
CREATE INDEX audit_persons ON audit (actor, seq) WHERE operation IN ('read_identity', 'break_glass');
CREATE INDEX audit_looked ON audit (actor, seq) WHERE operation = 'read_audit';
