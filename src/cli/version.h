#ifndef VERSION_H
#define VERSION_H

/* "libcurl 7.88.1, OpenSSL 3.0.19; ncurses 6.4; libconfig 1.5; jansson 2.14". */
const char *version_libraries(void);

#endif
