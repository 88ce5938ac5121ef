/* Version 2 of the schema: what owners are told. Released: never changed. */

/* Messages to owners, one row for each notice and address. What is sent together has the number of its first row as parcel. No
 * secrets: an address is a label, the settings have the rest. */
"CREATE TABLE outbox ("
"  id INTEGER PRIMARY KEY,"
"  incident INTEGER,"                    /* NULL: of none */
"  site TEXT,"                           /* its name; NULL: of no one site */
"  owner TEXT NOT NULL,"
"  channel TEXT NOT NULL,"
"  address TEXT NOT NULL,"
"  notice_id TEXT NOT NULL,"             /* the same in every repeat */
"  subject TEXT NOT NULL,"               /* for people */
"  notice TEXT NOT NULL,"                /* JSON */
"  created_ms INTEGER NOT NULL,"
"  not_before_ms INTEGER NOT NULL,"
"  state TEXT NOT NULL DEFAULT 'waiting'," /* waiting, sent, dead, dropped */
"  parcel INTEGER,"                      /* NULL: not tried yet */
"  tries INTEGER NOT NULL DEFAULT 0,"
"  first_ms INTEGER,"                    /* the first try */
"  next_ms INTEGER,"                     /* the next one */
"  ended_ms INTEGER,"
"  error TEXT"                           /* what the last try came to */
") STRICT;"
"CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting';"
"CREATE INDEX outbox_ended ON outbox (ended_ms);"

/* What the rules remember of a site: who was told, acknowledgement, mute, reminders, certificates. */
"CREATE TABLE alarm ("
"  site TEXT PRIMARY KEY,"               /* its name */
"  memory TEXT NOT NULL"                 /* JSON */
") STRICT, WITHOUT ROWID;"

"CREATE VIEW messages AS SELECT"
"  id, owner, channel, address, subject, state, tries, error, incident, site,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', created_ms / 1000, 'unixepoch') AS created,"
"  strftime('%Y-%m-%dT%H:%M:%SZ', ended_ms / 1000, 'unixepoch') AS ended "
"FROM outbox;"
