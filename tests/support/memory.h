#ifndef SUPPORT_MEMORY_H
#define SUPPORT_MEMORY_H

#include <stdbool.h>

/* Memory that runs out. Every test program's malloc, calloc, realloc, strdup and strndup calls (not its libraries') pass through
 * here (--wrap), and one of them can be made to fail:
 *
 *     for (n = 1, more = true; more; n++) {
 *         memory_fail(n);
 *         err = thing_open(&thing);
 *         more = memory_failed();
 *         assert_int_equal(err, more ? ERR_NOMEM : ERR_OK);
 *         thing_close(thing);
 *     }
 */

/* The nth call from now on by this thread fails, once; n >= 1. */
void memory_fail(unsigned n);

/* True when that call came. None fails afterwards. */
bool memory_failed(void);

#endif
