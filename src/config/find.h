#ifndef CONFIG_FIND_H
#define CONFIG_FIND_H

/* Where the database is when uptime.cfg does not say: in $STATE_DIRECTORY (systemd), else in
 * $XDG_STATE_HOME/uptimesquirrel (~/.local/state), else in directory. Absolute if directory is; NULL when memory ran
 * out. */
char *find_database(const char *directory);

/* The same for who reads the file of the service (`system`) elsewhere than in the service: in its directory of state, when path is
 * that file, this process has no directory of its own named, and may write there. NULL: it is not so, or memory ran out. */
#define FIND_SYSTEM_FILE "/etc/uptimesquirrel/uptime.cfg"
#define FIND_SYSTEM_STATE "/var/lib/uptimesquirrel"
char *find_database_of_service(const char *path, const char *system, const char *state);

#endif
