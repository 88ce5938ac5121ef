#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "file.h"
#include "report.h"

/* The text of uptime.cfg with what it includes put in place: one text to scan and to parse, and a map from its lines
 * and offsets back to the files. libconfig could follow @include itself, but from the working directory only, and
 * would read a file again after we have looked at it. Begin with SOURCE_INIT. */

#define SOURCE_LIMIT ((size_t)64 << 20)  /* bytes of the whole text */

struct source_file {
    char *path;                      /* absolute */
    struct stamp stamp;              /* all zero for text that came from memory */
};

/* A stretch of the text that comes from one file. It begins at the beginning of a line of the text. */
struct source_piece {
    uint32_t start, line;            /* in the whole text */
    uint32_t file_start, file_line;  /* in the file, byte order mark and all */
    uint32_t file;
};

struct source {
    struct strbuf text;              /* ends with a newline; no byte order mark */
    struct source_file *file;        /* the first is the one named; the others are what it includes */
    size_t nfile;
    struct source_piece *piece;      /* ascending, the first at 0 */
    size_t npiece;
};

#define SOURCE_INIT { STRBUF_INIT, NULL, 0, NULL, 0 }

/* Reads path (absolute), or takes text for what is in it if that is not NULL, and follows its @includes. What is
 * wrong is in the report; the source is to be released either way. */
void source_read(struct source *s, const char *path, const char *text, size_t length, struct report *r);
void source_release(struct source *s);

/* Where a line of the whole text stands: the path of its file, or the name without directories, and the line there. */
const char *source_path(const struct source *s, uint32_t line, uint32_t *file_line);
const char *source_line(const struct source *s, uint32_t line, uint32_t *file_line);

/* Where a byte of the whole text stands: true and the offset in the file if that is the main file. */
bool source_offset(const struct source *s, uint32_t at, uint32_t *file_at);

/* Adds a fault at a line of the whole text. */
void source_fault(const struct source *s, struct report *r, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
