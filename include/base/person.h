#ifndef BASE_PERSON_H
#define BASE_PERSON_H

#include <stddef.h>

/* Who sits at this terminal, as others know them: "sam", at worst "user 1000". Clean. May read the system's list of users; one
 * thread. */
void person_name(char *text, size_t size);

#endif
