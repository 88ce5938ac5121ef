#ifndef CONFIG_FIND_H
#define CONFIG_FIND_H

/* Where the database is when uptime.cfg does not say: in $STATE_DIRECTORY (systemd), else in
 * $XDG_STATE_HOME/uptimesquirrel (~/.local/state), else in directory. Absolute if directory is; NULL when memory ran
 * out. */
char *find_database(const char *directory);

#endif
