#ifndef MANUAL_H
#define MANUAL_H

/* The manual pages in roff, man(7), made from the tables of commands, options, keys and settings. To standard output. */
void manual_program(void);   /* uptimesquirrel(1) */
void manual_settings(void);  /* uptime.cfg(5) */

#endif
