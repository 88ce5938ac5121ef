#ifndef CONFIG_SAVE_H
#define CONFIG_SAVE_H

#include <stddef.h>

#include "base/err.h"
#include "file.h"

/* Writes a file so that whatever happens - a full disk, a kill, a power cut - the old text or the new one is there,
 * whole. */

/* What the file must still be. */
struct expected {
    const char *text;
    size_t length;
    const struct stamp *stamp;       /* NULL: only the text counts */
};

/* Puts text in place of the file at path (absolute, no link), with its mode and owner, and keeps what was there as
 * path~. ERR_CHANGED when it is no longer what was expected; ERR_BUSY when somebody else is writing. Nothing is
 * changed then, nor on any other failure. *stamp is what the file is afterwards; may be NULL. */
enum err save(const char *path, const char *text, size_t length, const struct expected *expected, struct stamp *stamp,
              struct errmsg *why);

#endif
