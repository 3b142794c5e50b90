-- Filters of the list of cases that somebody comes back to. They hold codes and words of the list, and nothing of a person.
CREATE TABLE saved_view (
    user_name TEXT NOT NULL,
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    mac BYTES,
    PRIMARY KEY (user_name, name)
) CLUSTERED;
