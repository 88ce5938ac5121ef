#ifndef CONFIG_READING_H
#define CONFIG_READING_H

#include <stdbool.h>
#include <stddef.h>

#include <libconfig.h>

#include "config/settings.h"
#include "document.h"
#include "groups.h"
#include "report.h"

/* Settings in the making: what a document says goes into *settings, what is wrong with it into *report. Whatever is
 * wrong, reading goes on, so that one run finds every fault. */
struct reading {
    struct settings *settings;
    const struct document *document;
    struct report *report;
    char *base_dir;                  /* what relative paths are relative to */
};

/* Where a fault is: "sites[3] 'shop'". */
struct place {
    const char *group;               /* NULL: the top level */
    int number;                      /* of an element, from 0; -1: a group */
    const char *name;                /* what the element calls itself; NULL: nothing */
};

void reading_fault(const struct reading *r, const config_setting_t *at, const struct place *place, const char *format,
                   ...)
    __attribute__((format(printf, 4, 5)));
void reading_nomem(const struct reading *r);

/* Puts each member of a group into its place in *object, by the table. Members named in `others` (ends with NULL;
 * may be NULL) are somebody else's; unknown ones, and missing ones that must be there, are faults. */
void reading_group(const struct reading *r, const struct place *place, const config_setting_t *group,
                   const struct table *table, const char *const *others, void *object);

/* The text of a member; NULL when there is none or it is no text. Borrowed. */
const char *reading_text(const config_setting_t *group, const char *name);

/* False, and a fault, for a setting of another type than it should be. */
bool reading_is(const struct reading *r, const config_setting_t *s, const struct place *place, int type);

/* The sites, when everything else is read; and the names that sites, defaults and maintenance have for sites and
 * owners. */
void reading_sites(const struct reading *r, const config_setting_t *root);

/* Settings of a document that was opened without a fault. NULL when something is in the report. */
struct settings *reading_all(const struct document *d, const char *path, struct report *report);

#endif
