-- Pairs that somebody looked at, with names: found without going through the whole log.
CREATE INDEX audit_pairs ON audit (actor, seq) WHERE operation = 'link';
