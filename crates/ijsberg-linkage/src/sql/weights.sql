
-- Names of records, one a row; kind g is given, f family. The order of slots decides between equals.
CREATE OR REPLACE TEMP TABLE slots AS
SELECT id, kind, slot, name FROM (
  SELECT id, 'g' AS kind, 0 AS slot, given0 AS name FROM records UNION ALL
  SELECT id, 'g', 1, given1 FROM records UNION ALL
  SELECT id, 'g', 2, given2 FROM records UNION ALL
  SELECT id, 'f', 0, family0 FROM records UNION ALL
  SELECT id, 'f', 1, family1 FROM records UNION ALL
  SELECT id, 'f', 2, family2 FROM records) WHERE name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE parts AS
SELECT id, part, name FROM (
  SELECT id, 0 AS part, address0 AS name FROM records UNION ALL
  SELECT id, 1, address1 FROM records UNION ALL
  SELECT id, 2, address2 FROM records UNION ALL
  SELECT id, 3, address3 FROM records UNION ALL
  SELECT id, 4, address4 FROM records) WHERE name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE combinations AS
SELECT p.a, p.b, x.kind || y.kind AS kind, x.slot AS i, y.slot AS j, x.name AS x, y.name AS y
FROM pairs p JOIN slots x ON x.id = p.a JOIN slots y ON y.id = p.b;

CREATE OR REPLACE TEMP TABLE addresses AS
SELECT p.a, p.b, x.name AS x, y.name AS y
FROM pairs p JOIN parts x ON x.id = p.a JOIN parts y ON y.id = p.b AND x.part = y.part;

-- Levels of two names: 1 another, 2 somewhat alike, 3 close, 4 the same. Similarities a hair lower, for ties.
CREATE OR REPLACE TEMP TABLE name_levels AS
SELECT q.x, q.y,
  CASE WHEN q.x = q.y THEN 4
       WHEN nx.sound = ny.sound AND nx.telling THEN 3
       WHEN least(length(nx.text), length(ny.text)) = 1 AND left(nx.text, 1) = left(ny.text, 1) THEN 2
       WHEN jaro_winkler_similarity(nx.text, ny.text) >= 0.9 - 1e-9 THEN 3
       WHEN jaro_winkler_similarity(nx.text, ny.text) >= 0.8 - 1e-9 THEN 2
       ELSE 1 END AS level,
  nx.digits = ny.digits AND nx.letters AND ny.letters AS may_be_spelt_alike
FROM (SELECT x, y FROM combinations UNION SELECT x, y FROM addresses) q
JOIN names nx ON nx.name = q.x JOIN names ny ON ny.name = q.y;

CREATE OR REPLACE TEMP TABLE best AS
SELECT c.a, c.b, c.kind, arg_max(l.level, 100 * l.level - 10 * c.i - c.j) AS level,
  arg_max(c.x, 100 * l.level - 10 * c.i - c.j) AS x, arg_max(c.y, 100 * l.level - 10 * c.i - c.j) AS y
FROM combinations c JOIN name_levels l ON l.x = c.x AND l.y = c.y
GROUP BY c.a, c.b, c.kind;

CREATE OR REPLACE TEMP TABLE straight AS
SELECT p.a, p.b,
  coalesce(t_gg.level, 0) AS gg, t_gg.x AS gg_x, t_gg.y AS gg_y,
  coalesce(t_ff.level, 0) AS ff, t_ff.x AS ff_x, t_ff.y AS ff_y,
  coalesce(t_gf.level, 0) AS gf, t_gf.x AS gf_x, t_gf.y AS gf_y,
  coalesce(t_fg.level, 0) AS fg, t_fg.x AS fg_x, t_fg.y AS fg_y,
  gg > 0 AND ff > 0 AND gg + ff < 6 AND gf >= 3 AND fg >= 3 AND gf + fg > gg + ff + 1 AS exchanged,
  -- Of exchanged names the better comes first, so that the order of the records does not matter.
  gf > fg OR (gf = fg AND least(gf_x, gf_y) >= least(fg_x, fg_y)) AS gf_first
FROM pairs p
LEFT JOIN best t_gg ON t_gg.a = p.a AND t_gg.b = p.b AND t_gg.kind = 'gg'
LEFT JOIN best t_ff ON t_ff.a = p.a AND t_ff.b = p.b AND t_ff.kind = 'ff'
LEFT JOIN best t_gf ON t_gf.a = p.a AND t_gf.b = p.b AND t_gf.kind = 'gf'
LEFT JOIN best t_fg ON t_fg.a = p.a AND t_fg.b = p.b AND t_fg.kind = 'fg';

CREATE OR REPLACE TEMP TABLE chosen AS
SELECT a, b,
  CASE WHEN NOT exchanged THEN gg WHEN gf_first THEN gf ELSE fg END AS given,
  CASE WHEN NOT exchanged THEN gg_x WHEN gf_first THEN gf_x ELSE fg_x END AS given_x,
  CASE WHEN NOT exchanged THEN gg_y WHEN gf_first THEN gf_y ELSE fg_y END AS given_y,
  CASE WHEN NOT exchanged THEN ff WHEN gf_first THEN fg ELSE gf END AS family,
  CASE WHEN NOT exchanged THEN ff_x WHEN gf_first THEN fg_x ELSE gf_x END AS family_x,
  CASE WHEN NOT exchanged THEN ff_y WHEN gf_first THEN fg_y ELSE gf_y END AS family_y,
  CASE WHEN gg = 0 OR ff = 0 THEN 0 WHEN exchanged THEN 1 ELSE 2 END AS name_order
FROM straight;

CREATE OR REPLACE TEMP TABLE agreement AS
SELECT d.a, d.b, count(*) AS both_have,
  count(*) FILTER (d.x = d.y OR (l.may_be_spelt_alike AND l.level >= 3)) AS agree
FROM addresses d JOIN name_levels l ON l.x = d.x AND l.y = d.y GROUP BY d.a, d.b;

-- Levels of all fields; 0 is missing.
CREATE OR REPLACE TEMP TABLE levels AS
SELECT c.*, r.place AS town,
  r.address1 IS NULL AND r.address2 IS NULL AND r.address3 IS NULL AND r.address4 IS NULL AS only_place,
  CASE WHEN r.year IS NULL OR s.year IS NULL THEN 0
       WHEN same_date AND vague_r THEN 6 WHEN same_date THEN 8
       WHEN apart = 0 AND vague_r AND vague_s THEN 6
       WHEN apart = 0 AND (vague_r OR vague_s) THEN 5
       WHEN vague_r OR vague_s THEN CASE WHEN apart = 1 THEN 3 WHEN apart <= 3 THEN 2 ELSE 1 END
       WHEN apart = 0 AND r.month = s.day AND r.day = s.month THEN 7
       WHEN slips = 1 AND (apart <= 10 OR digits = 1) THEN 7
       WHEN apart = 0 THEN 4 WHEN apart <= 3 THEN 2 ELSE 1 END AS birth,
  CASE WHEN r.sex IS NULL OR s.sex IS NULL THEN 0 WHEN r.sex = s.sex THEN 2 ELSE 1 END AS sex,
  CASE WHEN r.nationality IS NULL OR s.nationality IS NULL THEN 0
       WHEN c.nation IS NOT NULL THEN 2 ELSE 1 END AS nationality,
  CASE WHEN g.both_have IS NULL THEN 0 WHEN g.agree = 0 THEN 1 WHEN g.agree = g.both_have THEN 4
       WHEN 2 * g.agree <= g.both_have THEN 2 ELSE 3 END AS place,
  CASE WHEN r.identifier IS NULL OR s.identifier IS NULL THEN 0
       WHEN r.identifier = s.identifier THEN 2 ELSE 1 END AS identifier
FROM (
  SELECT c.*, abs(r.year - s.year) AS apart,
    -- The nationality that both have, of several the rarest, which has the lowest number.
    CASE WHEN r.nationality IN (s.nationality, s.nationality1, s.nationality2) THEN r.nationality
         WHEN r.nationality1 IN (s.nationality, s.nationality1, s.nationality2) THEN r.nationality1
         WHEN r.nationality2 IN (s.nationality, s.nationality1, s.nationality2) THEN r.nationality2 END AS nation,
    coalesce(r.month = 1 AND r.day = 1, false) OR r.day IS NULL AS vague_r,
    coalesce(s.month = 1 AND s.day = 1, false) OR s.day IS NULL AS vague_s,
    r.year = s.year AND r.month IS NOT DISTINCT FROM s.month AND r.day IS NOT DISTINCT FROM s.day AS same_date,
    (r.year <> s.year)::INT + (r.month IS DISTINCT FROM s.month)::INT + (r.day IS DISTINCT FROM s.day)::INT AS slips,
    (r.year % 10 <> s.year % 10)::INT + (r.year // 10 % 10 <> s.year // 10 % 10)::INT
      + (r.year // 100 % 10 <> s.year // 100 % 10)::INT + (r.year // 1000 <> s.year // 1000)::INT AS digits
  FROM chosen c JOIN records r ON r.id = c.a JOIN records s ON s.id = c.b) c
JOIN records r ON r.id = c.a JOIN records s ON s.id = c.b
LEFT JOIN agreement g ON g.a = c.a AND g.b = c.b;

-- How often a name occurs, among compatriots where the pair agrees on nationality; a twentieth of weight for all others.
CREATE OR REPLACE TEMP TABLE shares AS
SELECT q.a, q.b, q.field,
  max(CASE WHEN q.nationality = 2
        THEN (coalesce(own.n, 0) + 20.0 * (all_n / size.n)) / (nation.n + 20.0)
        ELSE all_n / size.n END) AS share
FROM (
  SELECT v.*, n.sound,
    CASE WHEN v.level = 3 THEN sounds.n ELSE n.n END::DOUBLE AS all_n
  FROM (
    SELECT a, b, nationality, nation, 0 AS field, given AS level, unnest([given_x, given_y]) AS name FROM levels WHERE given >= 3
    UNION ALL
    SELECT a, b, nationality, nation, 1, family, unnest([family_x, family_y]) FROM levels WHERE family >= 3) v
  JOIN names n ON n.name = v.name JOIN sounds ON sounds.sound = n.sound) q
CROSS JOIN (SELECT count(*)::DOUBLE AS n FROM records) size
LEFT JOIN nationalities nation ON nation.nationality = q.nation
LEFT JOIN (
  SELECT name AS key, 4 AS level, nationality, n FROM names_by_nationality UNION ALL
  SELECT sound, 3, nationality, n FROM sounds_by_nationality) own
  ON own.level = q.level AND own.nationality = q.nation
  AND own.key = CASE WHEN q.level = 3 THEN q.sound ELSE q.name END
GROUP BY q.a, q.b, q.field;

CREATE OR REPLACE MACRO swap(chance, share) AS
  greatest(-4.0, least(4.0, ln(chance) - CAST(CAST(ln(share) AS FLOAT) AS DOUBLE)));

-- What agreement is worth beyond agreement by itself.
CREATE OR REPLACE TEMP TABLE frequencies AS
SELECT s.a, s.b,
  CASE WHEN l.level = 4 THEN swap(same.u, s.share) ELSE 0.5 * swap(same.u + close.u, s.share) END AS worth
FROM shares s
JOIN (SELECT a, b, 0 AS field, given AS level, nationality FROM levels UNION ALL
      SELECT a, b, 1, family, nationality FROM levels) l ON l.a = s.a AND l.b = s.b AND l.field = s.field
JOIN chance_u same ON same.same_nationality = l.nationality AND same.field = s.field AND same.level = 4
JOIN chance_u close ON close.same_nationality = l.nationality AND close.field = s.field AND close.level = 3
UNION ALL
SELECT l.a, l.b, swap(u.u, n.n / known.n::DOUBLE)
FROM levels l
JOIN nationalities n ON n.nationality = l.nation
CROSS JOIN (SELECT count(*) AS n FROM records WHERE nationality IS NOT NULL) known
JOIN chance_u u ON u.same_nationality = 2 AND u.field = 5 AND u.level = 2
WHERE l.nationality = 2 AND n.n < known.n
UNION ALL
SELECT l.a, l.b, swap(u.u, n.n / greatest(known.n, 1)::DOUBLE)
FROM levels l
JOIN places n ON n.place = l.town
CROSS JOIN (SELECT sum(n) AS n FROM places) known
JOIN chance_u u ON u.same_nationality = l.nationality AND u.field = 6 AND u.level = 4
WHERE l.place = 4 AND l.only_place AND n.n < known.n;

CREATE OR REPLACE TABLE weights AS
SELECT p.a, p.b, coalesce(f.weight, 0) - coalesce(ln(t.ratio), 0) + coalesce(q.worth, 0) AS weight
FROM pairs p JOIN levels l ON l.a = p.a AND l.b = p.b
LEFT JOIN (
  SELECT v.a, v.b, sum(ln(m.m / u.u)) AS weight
  FROM (
    SELECT a, b, nationality, 0 AS field, given AS level FROM levels UNION ALL
    SELECT a, b, nationality, 1, family FROM levels UNION ALL
    SELECT a, b, nationality, 2, name_order FROM levels UNION ALL
    SELECT a, b, nationality, 3, birth FROM levels UNION ALL
    SELECT a, b, nationality, 4, sex FROM levels UNION ALL
    SELECT a, b, nationality, 5, nationality FROM levels UNION ALL
    SELECT a, b, nationality, 6, place FROM levels UNION ALL
    SELECT a, b, nationality, 7, identifier FROM levels) v
  JOIN chance_m m ON m.field = v.field AND m.level = v.level
  JOIN chance_u u ON u.same_nationality = v.nationality AND u.field = v.field AND u.level = v.level
  GROUP BY v.a, v.b) f ON f.a = p.a AND f.b = p.b
LEFT JOIN names_together t ON t.same_nationality = l.nationality AND t.given = l.given
  AND t.family = l.family AND t.name_order = l.name_order
LEFT JOIN (SELECT a, b, sum(worth) AS worth FROM frequencies GROUP BY a, b) q ON q.a = p.a AND q.b = p.b;
