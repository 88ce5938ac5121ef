#ifndef FORM_H
#define FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cells.h"
#include "config/edit.h"
#include "config/settings.h"
#include "model/site.h"
#include "prompt.h"

/* Every setting of one site on one page, made from config/schema.h: each field's help, and what is wrong with it
 * while it is typed. A field left as it was is not written; one that was emptied goes back to the default. Pure. */
struct form;

/* Asks whether another site has that name. */
typedef bool form_taken_fn(const void *context, const char *name);

/* For a new site, or for `site`. Both arguments are borrowed only now. NULL when memory ran out. */
struct form *form_new(const struct settings *settings, const char *url);
struct form *form_edit(const struct settings *settings, const struct site *site);
void form_free(struct form *f);
void form_forbid(struct form *f, form_taken_fn *taken, const void *context);

/* NULL: it is for a new site. */
const char *form_name(const struct form *f);

enum form_event { FORM_GOES_ON, FORM_SAVE, FORM_CANCEL };
enum form_event form_stroke(struct form *f, uint32_t stroke);
void form_paste(struct form *f, const char *text, size_t length);

/* What was changed. FORM_SAVE comes only while no field is wrong. */
size_t form_changes(const struct form *f);
/* For config/edit.h: the array is the caller's to free, the texts in it are the form's. For a new site the URL is not
 * among them: it is in *url. ERR_NOMEM. */
enum err form_values(const struct form *f, const char **url, struct edit_value **value, size_t *n);

void form_draw(struct form *f, struct cells *c);

#endif
