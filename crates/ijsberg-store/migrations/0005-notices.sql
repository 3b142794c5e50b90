-- Whoever is told of an emergency says that they have seen it. Before this, nobody could.
ALTER TABLE break_glass ADD COLUMN acknowledged_at TEXT NOT NULL DEFAULT '';
