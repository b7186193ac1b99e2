CREATE TABLE "Order Details" ("Order ID" INTEGER, "Line No" INTEGER, "Unit Price" MONEY DEFAULT 0 CHECK ("Unit Price" >= 0),
  [select] text, PRIMARY KEY ("Order ID", "Line No"),
  CONSTRAINT "line before" FOREIGN KEY ("Order ID", "Line No") REFERENCES "Order Details"("Order ID", "Line No"));
CREATE TABLE "emoji 😀" ("naïve ""quoted""" text, "😀" blob, "日本" varchar(10) default 'x');
CREATE TABLE untyped (a, b, c);
INSERT INTO untyped VALUES (1, 'secret row', null), (2, 'y', null);
CREATE TABLE "bell " ("formfeed" text default '');
CREATE TABLE rowless (k text primary key, v blob) without rowid;
CREATE TABLE "in" ("or" int check ("or" > 1), "and" int, UNIQUE ("or", "and"));
CREATE TABLE sale (id integer primary key, price numeric(10,2), quantity int,
  total numeric(12,2) GENERATED ALWAYS AS (price * quantity) STORED, made timestamp default current_timestamp,
  code text default (lower(hex(randomblob(16)))), d text default 'it''s', e text default '', f int default (abs(-1)),
  flag char(1) check (flag in ('Y', 'N')), state varchar(10) not null constraint "ck state" check (state in ('open', 'shut')),
  n int check (n between 1 and 5), m text check (length(m) > 2), CHECK (price > 0 and quantity >= 0 or total is not null));
INSERT INTO sale (price, quantity, state, flag, n, m) VALUES (1.5, 2, 'open', 'Y', 1, 'abc');
CREATE TABLE other (id int primary key, code int unique, x int, y int);
CREATE UNIQUE INDEX pairs ON other (x, y);
CREATE UNIQUE INDEX some ON other (x) WHERE y > 0;
CREATE INDEX lowered ON other (lower(x));
CREATE TABLE child (id integer primary key, lost integer references missing(id), SALE integer references Sale on delete cascade
  on update cascade, text_sale text references sale(id), code int references OTHER(Code), place GEOMETRY);
CREATE TABLE one (id integer primary key references two(id));
CREATE TABLE two (id integer primary key references one(id));
CREATE TABLE albums (id integer primary key);
CREATE TABLE album (id integer primary key);
CREATE TABLE "a.b" (id integer primary key);
CREATE TABLE a_b (id integer primary key);
CREATE VIEW sums AS SELECT state, price * quantity AS amount, count(*) AS n FROM sale GROUP BY state;
CREATE VIEW broken AS SELECT what FROM gone;
CREATE VIRTUAL TABLE docs USING fts5(title, body);
