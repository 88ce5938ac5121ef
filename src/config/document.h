#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libconfig.h>

#include "report.h"
#include "source.h"
#include "tree.h"

/* One reading of uptime.cfg: its text, where everything stands in it, and what libconfig makes of it. */
struct document {
    struct source source;
    struct tree tree;
    struct config_t config;
    bool agrees;                     /* libconfig sees the settings where the tree has them */
};

/* As source_read(). What is wrong is in the report: nothing, if the document can be used. Close it either way. */
void document_open(struct document *d, const char *path, const char *text, size_t length, struct report *r);
void document_close(struct document *d);

/* The line of the whole text a setting stands in. */
uint32_t document_line(const struct document *d, const config_setting_t *setting);
/* The node of a setting; NOWHERE when the document does not agree. */
uint32_t document_node(const struct document *d, const config_setting_t *setting);

#endif
