-- Decisions in force: linkage compares what it finds with them, however many were taken back since.
CREATE INDEX link_decision_in_force ON link_decision (method) WHERE undone_at IS NULL;
