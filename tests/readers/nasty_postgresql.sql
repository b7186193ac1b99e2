CREATE SCHEMA sales; CREATE SCHEMA "Odd Schema";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy'); CREATE DOMAIN posint AS int CHECK (value > 0);
CREATE TABLE "Order Details" ("Order ID" int, "Line" int, "Unit Price" numeric(10,2) NOT NULL DEFAULT 0 CHECK ("Unit Price" >= 0),
  PRIMARY KEY ("Order ID", "Line"), CONSTRAINT before FOREIGN KEY ("Order ID", "Line") REFERENCES "Order Details");
COMMENT ON TABLE "Order Details" IS 'What was ordered'; COMMENT ON COLUMN "Order Details"."Unit Price" IS 'in €';
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ser serial, m mood DEFAULT 'ok', ms mood[], tags text[],
  dom posint, iv interval, at timestamptz DEFAULT now(), u uuid DEFAULT gen_random_uuid(), j jsonb DEFAULT '{}',
  state varchar(10) CHECK (state IN ('a', 'b')), n int CHECK (n IN (1, 2)), neg int CHECK (neg >= -5 AND neg <> ALL (ARRAY[7, 8])),
  low text GENERATED ALWAYS AS (lower(j::text)) STORED, boss int REFERENCES people ON DELETE SET NULL, geo point);
CREATE INDEX ON people USING gin (tags); CREATE INDEX ON people (lower(state)); CREATE UNIQUE INDEX ON people (n, neg);
CREATE TABLE sales.people (id bigint PRIMARY KEY, other int REFERENCES public.people (id), "ünï" text UNIQUE);
CREATE TABLE "Odd Schema"."Tab.le" (id bigint REFERENCES sales.people, rest text);
CREATE TABLE events (id bigint, at date, p int REFERENCES people, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);
CREATE TABLE events_25_x PARTITION OF events_25 DEFAULT;
INSERT INTO events SELECT i, '2024-05-05' FROM generate_series(1, 100) i;
INSERT INTO events SELECT i, '2025-05-05' FROM generate_series(1, 50) i;
CREATE TABLE notes (id int PRIMARY KEY, e bigint, a date, FOREIGN KEY (e, a) REFERENCES events);
CREATE VIEW summed AS SELECT state, count(*) AS n FROM people GROUP BY state;
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
CREATE TABLE nothing ();
DO $$ BEGIN CREATE ROLE clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT SELECT ON notes, summed TO clerk;
