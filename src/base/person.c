/* The person before this program. */
#include "base/person.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void person_name(char *text, size_t size)
{
    const char *name = getenv("LOGNAME");
    const struct passwd *who = name && *name ? NULL : getpwuid(getuid());
    char number[24];

    snprintf(number, sizeof(number), "user %u", (unsigned)getuid());
    if (!name || !*name)
        name = who ? who->pw_name : number;
    text_clean(text, size, name, strlen(name));
}
