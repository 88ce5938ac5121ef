/* Version 1 of the schema, as one string literal. Released: never changed. Times are milliseconds since 1970 unless their
 * names say otherwise; latencies are microseconds, NULL where a phase was not reached. */
"CREATE TABLE site ("
"  key INTEGER PRIMARY KEY,"             /* never used again */
"  name TEXT NOT NULL,"
"  url TEXT NOT NULL,"                   /* passwords masked */
"  owner TEXT,"
"  tags TEXT NOT NULL DEFAULT '[]',"     /* a JSON array */
"  interval_ms INTEGER NOT NULL,"
"  added_ms INTEGER NOT NULL,"
"  gone_ms INTEGER"                      /* NULL: in the list */
") STRICT;"
"CREATE INDEX site_name ON site (name);"

"CREATE TABLE owner ("
"  name TEXT PRIMARY KEY,"
"  remind_ms INTEGER NOT NULL"
") STRICT, WITHOUT ROWID;"
"CREATE TABLE contact ("
"  owner TEXT NOT NULL,"
"  channel TEXT NOT NULL,"               /* email, sms, ntfy, ... */
"  address TEXT NOT NULL,"               /* as people may see it: no URL, no key */
"  PRIMARY KEY (owner, channel, address)"
") STRICT, WITHOUT ROWID;"

/* The numbers of outcomes in this file: those of the program may change, names do not. */
"CREATE TABLE outcome ("
"  id INTEGER PRIMARY KEY,"
"  name TEXT NOT NULL UNIQUE,"
"  class TEXT"                           /* NULL: all is well */
") STRICT;"

/* What each site is left with: for the next start, and for people. */
"CREATE TABLE memory ("
"  site INTEGER PRIMARY KEY,"
"  state TEXT NOT NULL DEFAULT 'new',"   /* as shown */
"  since_ms INTEGER NOT NULL DEFAULT 0,"
"  verdict TEXT NOT NULL DEFAULT 'new',"
"  calm TEXT NOT NULL DEFAULT 'new',"
"  degraded INTEGER NOT NULL DEFAULT 0," /* 1 slow, 2 certificate */
"  failures INTEGER NOT NULL DEFAULT 0,"
"  slow INTEGER NOT NULL DEFAULT 0,"     /* the last five good answers, one bit each */
"  unsure INTEGER NOT NULL DEFAULT 0,"
"  paused INTEGER NOT NULL DEFAULT 0,"
"  maintenance INTEGER NOT NULL DEFAULT 0,"
"  get_until_ms INTEGER NOT NULL DEFAULT 0,"
"  paused_until_ms INTEGER NOT NULL DEFAULT 0,"
"  mute_until_ms INTEGER NOT NULL DEFAULT 0,"
"  certificate_until_s INTEGER,"
"  address TEXT NOT NULL DEFAULT '',"
"  detail TEXT NOT NULL DEFAULT '',"
"  checked_ms INTEGER,"                  /* the last result; NULL: none yet */
"  outcome INTEGER,"
"  status INTEGER,"
"  method INTEGER,"
"  attempt INTEGER,"
"  took_us INTEGER, dns_us INTEGER, connect_us INTEGER, tls_us INTEGER, first_byte_us INTEGER, body_us INTEGER"
") STRICT;"

/* Samples as they come, in the order they came; moved into blocks when an hour is over or there are many. */
"CREATE TABLE sample ("
"  id INTEGER PRIMARY KEY,"
"  site INTEGER NOT NULL,"
"  at_ms INTEGER NOT NULL,"
"  outcome INTEGER NOT NULL,"
"  status INTEGER,"
"  method INTEGER NOT NULL,"             /* 0 HEAD, 1 GET */
"  attempt INTEGER NOT NULL,"
"  counts INTEGER NOT NULL,"             /* 0: inconclusive */
"  took_us INTEGER NOT NULL, dns_us INTEGER, connect_us INTEGER, tls_us INTEGER, first_byte_us INTEGER, body_us INTEGER"
") STRICT;"

/* Samples of one site, packed (src/store/block.h). */
"CREATE TABLE block ("
"  site INTEGER NOT NULL,"
"  from_ms INTEGER NOT NULL,"            /* of the first sample in it */
"  id INTEGER NOT NULL,"                 /* which that one had */
"  until_ms INTEGER NOT NULL,"           /* of the last one */
"  n INTEGER NOT NULL,"
"  data BLOB NOT NULL,"
"  PRIMARY KEY (site, from_ms, id)"
") STRICT, WITHOUT ROWID;"

/* An hour of a site: counts, and packed histograms of the good checks (model/histogram.h). */
"CREATE TABLE hour ("
"  site INTEGER NOT NULL,"
"  hour_ms INTEGER NOT NULL,"
"  checks INTEGER NOT NULL,"
"  good INTEGER NOT NULL,"
"  failed INTEGER NOT NULL,"
"  inconclusive INTEGER NOT NULL,"
"  dns BLOB, connect BLOB, tls BLOB, first_byte BLOB, body BLOB, whole BLOB,"
"  PRIMARY KEY (site, hour_ms)"
") STRICT, WITHOUT ROWID;"

/* Spans in which the program watched, in the order they were begun; where a later one begins before an earlier one ends, the
 * clock was put back, and the later one counts. */
"CREATE TABLE run ("
"  id INTEGER PRIMARY KEY,"
"  from_ms INTEGER NOT NULL,"
"  until_ms INTEGER NOT NULL,"           /* the last sign of life */
"  why TEXT NOT NULL"                    /* what lay before it: start, stopped, asleep, clock */
") STRICT;"

/* A site came into another shown state; each run begins with the states of all sites. 'gone': it left the list. */
"CREATE TABLE change ("
"  site INTEGER NOT NULL,"
"  run INTEGER NOT NULL,"
"  at_ms INTEGER NOT NULL,"
"  state TEXT NOT NULL,"
"  first INTEGER NOT NULL DEFAULT 0,"    /* 1: not a change, but the state at the beginning of a run */
"  PRIMARY KEY (site, run, at_ms)"
") STRICT, WITHOUT ROWID;"
"CREATE INDEX change_at ON change (at_ms) WHERE first = 0;"

"CREATE TABLE incident ("
"  id INTEGER PRIMARY KEY,"
"  site INTEGER NOT NULL,"
"  failing_ms INTEGER NOT NULL,"         /* its first failing result */
"  opened_ms INTEGER NOT NULL,"          /* confirmed */
"  ended_ms INTEGER,"                    /* NULL: open */
"  ended_by TEXT,"                       /* up, paused, edited, removed */
"  acked_ms INTEGER,"
"  note TEXT,"
"  outcome TEXT NOT NULL,"
"  class TEXT NOT NULL,"
"  status INTEGER,"
"  took_us INTEGER NOT NULL, dns_us INTEGER, connect_us INTEGER, tls_us INTEGER, first_byte_us INTEGER, body_us INTEGER,"
"  certificate_until_s INTEGER,"
"  address TEXT NOT NULL,"
"  message TEXT NOT NULL"
") STRICT;"
"CREATE INDEX incident_site ON incident (site, opened_ms);"
"CREATE INDEX incident_open ON incident (site) WHERE ended_ms IS NULL;"

/* The first failing response, as it came: raw bytes of a stranger's. */
"CREATE TABLE evidence ("
"  incident INTEGER PRIMARY KEY,"
"  header BLOB, body BLOB, certificate BLOB"
") STRICT;"

/* What happened stays as it was told. */
"CREATE TRIGGER incident_stays BEFORE UPDATE ON incident WHEN OLD.ended_ms IS NOT NULL OR"
"  (OLD.id, OLD.site, OLD.failing_ms, OLD.opened_ms, OLD.outcome, OLD.message) IS NOT"
"  (NEW.id, NEW.site, NEW.failing_ms, NEW.opened_ms, NEW.outcome, NEW.message) "
"BEGIN SELECT RAISE(ABORT, 'incidents are append-only'); END;"
"CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence "
"BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;"

"CREATE VIEW site_now AS SELECT"
"  site.name, site.url, site.owner, site.tags, memory.state,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', memory.since_ms / 1000, 'unixepoch') AS since,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', memory.checked_ms / 1000, 'unixepoch') AS checked,"
"  memory.status, outcome.class AS error, memory.took_us / 1000.0 AS latency_ms, memory.address, memory.detail,"
"  date(memory.certificate_until_s, 'unixepoch') AS certificate_until,"
"  (SELECT max(id) FROM incident WHERE incident.site = site.key AND ended_ms IS NULL) AS incident "
"FROM site JOIN memory ON memory.site = site.key LEFT JOIN outcome ON outcome.id = memory.outcome "
"WHERE site.gone_ms IS NULL;"

"CREATE VIEW incidents AS SELECT"
"  incident.id, site.name AS site, site.owner,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', failing_ms / 1000, 'unixepoch') AS failing,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', opened_ms / 1000, 'unixepoch') AS opened,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', ended_ms / 1000, 'unixepoch') AS ended, ended_by,"
"  (coalesce(ended_ms, (SELECT max(until_ms) FROM run)) - opened_ms) / 1000 AS lasted_s,"
"  class AS error, status, message, incident.address,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', acked_ms / 1000, 'unixepoch') AS acknowledged, note,"
"  EXISTS (SELECT 1 FROM evidence WHERE evidence.incident = incident.id) AS has_evidence "
"FROM incident JOIN site ON site.key = incident.site;"

/* Seconds in each state by site and day of UTC. A run counts up to where a later one begins. */
"CREATE VIEW uptime_daily AS "
"WITH RECURSIVE"
"  seen (id, until_ms) AS"
"    (SELECT id, min(until_ms, coalesce((SELECT min(from_ms) FROM run AS later WHERE later.id > run.id), until_ms)) FROM run),"
"  span (site, state, from_ms, until_ms) AS"
"    (SELECT site, state, at_ms, min(seen.until_ms, lead(at_ms, 1, seen.until_ms) OVER (PARTITION BY site, run ORDER BY at_ms))"
"     FROM change JOIN seen ON seen.id = change.run),"
"  piece (site, state, from_ms, until_ms, end_ms) AS"
"    (SELECT site, state, from_ms, min(until_ms, (from_ms / 86400000 + 1) * 86400000), until_ms FROM span"
"     WHERE from_ms < until_ms AND state <> 'gone'"
"     UNION ALL SELECT site, state, until_ms, min(end_ms, until_ms + 86400000), end_ms FROM piece WHERE until_ms < end_ms),"
"  day (site, day, up, degraded, checking, down, maintenance, inconclusive, paused) AS"
"    (SELECT site, date(from_ms / 1000, 'unixepoch'),"
"       sum(iif(state = 'up', until_ms - from_ms, 0)), sum(iif(state = 'degraded', until_ms - from_ms, 0)),"
"       sum(iif(state = 'checking', until_ms - from_ms, 0)), sum(iif(state = 'down', until_ms - from_ms, 0)),"
"       sum(iif(state = 'maintenance', until_ms - from_ms, 0)), sum(iif(state = 'inconclusive', until_ms - from_ms, 0)),"
"       sum(iif(state = 'paused', until_ms - from_ms, 0))"
"     FROM piece GROUP BY 1, 2) "
"SELECT site.name AS site, day, up / 1000.0 AS up_s, degraded / 1000.0 AS degraded_s, checking / 1000.0 AS checking_s,"
"  down / 1000.0 AS down_s, maintenance / 1000.0 AS maintenance_s, inconclusive / 1000.0 AS inconclusive_s,"
"  paused / 1000.0 AS paused_s "
"FROM day JOIN site ON site.key = day.site;"
