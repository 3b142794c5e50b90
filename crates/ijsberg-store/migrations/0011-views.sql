-- Filters of the list of cases that somebody comes back to. The filter holds codes of the register and words of the list; the name is
-- the text of its owner.
CREATE TABLE saved_view (
    user_name TEXT NOT NULL,
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    mac BYTES,
    PRIMARY KEY (user_name, name)
) CLUSTERED;
