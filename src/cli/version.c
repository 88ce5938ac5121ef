/* The versions of the libraries this program runs with. */
#include "version.h"

#include <curses.h>
#include <jansson.h>
#include <libconfig.h>
#include <stdio.h>

#include "check/check.h"
#include "store/history.h"

const char *version_libraries(void)
{
    static char text[200];

    snprintf(text, sizeof(text), "%s; %s; %s; libconfig %d.%d.%d; jansson %s", check_libraries(), store_library(), curses_version(),
             LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR, LIBCONFIG_VER_REVISION, JANSSON_VERSION);
    return text;
}
