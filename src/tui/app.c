/* The controller: one key, one paste, one snapshot at a time. What a key means depends on the mode alone; what it does
 * stands in act_*.c. Pure. */
#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/clock.h"
#include "header.h"
#include "help.h"
#include "pane_log.h"
#include "pasted.h"
#include "since.h"
#include "style.h"

#define MESSAGE_NS (15 * NS_PER_S)   /* how long a message that is no fault stays by itself */

void app_init(struct app *a, const struct app_ops *ops, void *self, const struct snapshot *s, const char *host)
{
    memset(a, 0, sizeof(*a));
    a->ops = ops;
    a->self = self;
    a->live = a->snapshot = s;
    a->prompt = (struct prompt)PROMPT_INIT;
    snprintf(a->host, sizeof(a->host), "%s", host);
    a->zoom = 2;
    a->no_message = true;
    view_init(&a->view);
}

void app_release(struct app *a)
{
    alert_list_release(&a->alerts);
    int i;

    replay_release(&a->replay);
    panes_release(a);
    keymap_release(&a->keys);
    view_release(&a->view);
    prompt_release(&a->prompt);
    form_free(a->form);
    adding_free(a->adding);
    free(a->setup);
    free(a->text_before);
    free(a->subject);
    for (i = 0; i < HISTORY_COUNT; i++)
        history_release(&a->history[i]);
    free(a->sought);
    free(a->post);
    free(a->rung);
    free(a->copied);
    free(a->edited);
    memset(a, 0, sizeof(*a));
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static void say(struct app *a, bool fault, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

static void say(struct app *a, bool fault, const char *format, va_list args)
{
    vsnprintf(a->message, sizeof(a->message), format, args);
    if (fault)
        log_say(a, fault, a->message);
    a->message_is_fault = fault;
    a->message_until_ns = fault ? INT64_MAX : a->live->now_ns + MESSAGE_NS;
}

void app_say(struct app *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(a, false, format, args);
    va_end(args);
}

void app_say_fault(struct app *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(a, true, format, args);
    va_end(args);
}

void app_tell(struct app *a, bool fault, const char *text)
{
    if (fault)
        app_say_fault(a, "%s", text);
    else {
        app_say(a, "%s", text);
        log_say(a, false, text);
    }
}

void app_set_file_trouble(struct app *a, const char *text)
{
    snprintf(a->file_trouble, sizeof(a->file_trouble), "%s", text);
}

/* --- snapshots ---------------------------------------------------------------------------------------------------- */

static bool has_bells_for(struct app *a, size_t n)
{
    size_t size = n + n / 2 + 64;
    bool *more;

    if (n <= a->nrung)
        return true;
    more = realloc(a->rung, size * sizeof(*more));
    if (!more)
        return false;
    memset(more + a->nrung, 0, (size - a->nrung) * sizeof(*more));
    a->rung = more;
    a->nrung = size;
    return true;
}

/* One bell for each outage, when it is first shown: not for those that were there when we came. */
static void ring(struct app *a, const struct snapshot *s)
{
    size_t i;

    if (!has_bells_for(a, s->nrow))
        return;
    for (i = 0; i < s->nchanged; i++) {
        const struct row *r = &s->row[s->changed[i]].row;
        bool *rung = &a->rung[s->changed[i]];

        if (!r->generation || r->state.verdict != STATE_DOWN)
            *rung = false;
        else if (state_shown(&r->state) == STATE_DOWN && !*rung) {
            bool loud = a->took_once && !alert_list_is_quiet(&a->alerts, r->id, s->now_ms);

            *rung = true;
            a->bell |= loud && !a->no_bell;
            if (loud && !a->no_message)
                snprintf(a->alarm, sizeof(a->alarm), "squirrel: %.100s is DOWN", r->site->name);
        }
    }
    a->took_once = true;
}

/* The site that was just added or moved comes under the cursor. */
static void find_sought(struct app *a, const struct snapshot *s)
{
    size_t i;

    for (i = 0; i < s->nchanged && a->sought; i++) {
        const struct row *r = &s->row[s->changed[i]].row;

        if (!r->generation || strcmp(a->sought_by_name ? r->site->name : r->site->url, a->sought) != 0)
            continue;
        view_go_site(&a->view, s, r->id);
        free(a->sought);
        a->sought = NULL;
    }
}

void app_take(struct app *a, const struct snapshot *s)
{
    a->live = s;
    alert_list_take(&a->alerts, a->ops->alerts, a->self);
    post_take(&a->post, a->ops->messages, a->self);
    ring(a, s);
    if (!a->replay.shown) {
        a->snapshot = s;
        if (view_take(&a->view, s))
            app_say_fault(a, "memory ran out: the list is not whole");
        find_sought(a, s);
    }
    panes_take(a, s);
    if (a->wants_kept) {
        a->wants_kept = false;
        act(a, ACTION_PANE_ANSWER, NULL);
    }
}

static void take_screen(struct app *a, const struct screen_settings *s)
{
    int scheme = s->colours ? style_scheme(s->colours) : -1;
    struct errmsg why;

    if (column_choice_read(&a->columns, (const char *const *)s->titles.item, s->titles.n, &why))
        app_say_fault(a, "screen: %s", why.text);
    a->no_bell = !s->rings;
    a->no_message = !s->tells;
    if (scheme >= 0 && scheme != a->scheme) {
        a->scheme = scheme;
        a->redraw = true;
    }
    if (s->tree != a->tree_set && view_set_tree(&a->view, a->snapshot, (enum tree_kind)s->tree))
        app_say_fault(a, "out of memory: this is the plain list");
    if (s->mouse != a->mouse_set)
        a->mouse = s->mouse;
    a->tree_set = s->tree;
    a->mouse_set = s->mouse;
}

void app_take_settings(struct app *a)
{
    const struct settings *s = a->ops->settings(a->self);
    struct errmsg why;

    take_screen(a, &s->screen);
    if (keymap_read(&a->keys, s->key, s->nkey, &why))
        app_say_fault(a, "%s", why.text);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

void act(struct app *a, enum action action, const char *argument)
{
    static void (*const functions[ACTION_COUNT])(struct app *a, const char *argument) = {
#define KEY(id, function, ...) [ACTION_##id] = action_##function,
#include "keys.def"
#undef KEY
    };

    if (a->readonly && action != ACTION_NONE && replay_stops(action))
        app_say(a, "this screen only looks (--readonly)");
    else if (action != ACTION_NONE && !replay_refuses(a, action))
        functions[action](a, argument);
}

void app_stroke(struct app *a, uint32_t stroke, bool more)
{
    if (stroke == STROKE_NONE)
        return;
    a->message[0] = '\0';
    a->wants_kept = false;
    a->typed = true;
    if (stroke == STROKE_CTRL('L')) { /* whatever is on the screen may be broken */
        action_redraw(a, NULL);
        return;
    }
    switch (a->mode) {
    case MODE_GRID:
        if (!panes_stroke(a, stroke))
            act(a, keymap_find(&a->keys, stroke), NULL);
        break;
    case MODE_PROMPT:
        ask_stroke(a, stroke, more);
        break;
    case MODE_QUESTION:
        ask_answer(a, stroke);
        break;
    case MODE_FORM:
        act_on_form(a, stroke);
        break;
    case MODE_ADDING:
        act_on_adding(a, stroke);
        break;
    case MODE_SETUP:
        act_on_setup(a, stroke);
        break;
    case MODE_HELP:
        if (!help_stroke(&a->help_top, stroke, a->plan.height))
            a->mode = MODE_GRID;
        break;
    }
}

void app_paste(struct app *a, const char *text, size_t length)
{
    switch (a->mode) {
    case MODE_PROMPT:
        ask_paste(a, text, length);
        break;
    case MODE_FORM:
        form_paste(a->form, text, length);
        break;
    case MODE_GRID:                  /* what else could one want to do with it? */
        act(a, ACTION_ADD, NULL);
        if (a->mode == MODE_PROMPT)
            ask_paste(a, text, length);
        break;
    default:
        break;
    }
}

void app_ask_to_leave(struct app *a)
{
    if (a->mode == MODE_PROMPT)
        ask_stroke(a, STROKE_ESC, false);
    if (a->mode == MODE_QUESTION && !act_asks_to_leave(a))
        ask_answer(a, STROKE_ESC);
    if (a->mode == MODE_QUESTION)
        ask_answer(a, STROKE_CTRL('C'));
    else
        action_quit(a, NULL);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static struct grid grid_of(const struct app *a)
{
    return (struct grid){
        .snapshot = a->snapshot,
        .view = &a->view,
        .alerts = app_alerts(a),
        .outbox = a->post && !a->snapshot->past ? &a->post->counts : NULL,
        .keys = &a->keys,
        .columns = &a->columns,
        .host = a->host,
        .file_trouble = a->file_trouble,
        .has_file = a->ops->settings(a->self)->path != NULL,
        .here = a->here,
        .frozen = a->frozen,
        .replay = replay_banner_of(a),
        .alone = panes_is_alone(a),
    };
}

#define TALK_LINES 3

/* The longest beginning of text that fits a line, up to a blank where there is one. */
static size_t line_length(const struct cells *c, const char *text)
{
    size_t length = strlen(text), fits = 0, i;

    if (cells_columns(c, text, SIZE_MAX) <= c->width)
        return length;
    for (i = 1; i < length && cells_columns(c, text, i) <= c->width; i++)
        if (text[i] == ' ')
            fits = i;
    return fits ? fits : i - 1;
}

/* Draws text at the bottom, on as many lines as it needs, up to `y`. */
static void draw_talk(struct cells *c, int y, enum style style, const char *text)
{
    char line[TALK_LINES][sizeof(struct errmsg)];
    int n = 0, i;

    while (*text && n < TALK_LINES) {
        size_t length = n + 1 < TALK_LINES ? line_length(c, text) : strlen(text);

        snprintf(line[n++], sizeof(line[0]), "%.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
        if (!length)
            break;
    }
    for (i = 0; i < n; i++)
        if (y - (n - 1 - i) >= 0)
            cells_field(c, y - (n - 1 - i), 0, c->width, style, LIE_LEFT, line[i]);
}

/* "Add URL (paste many): " is "Add URL: " where there is little room. */
static void drop_hint(char *label)
{
    char *from = strstr(label, " ("), *to = from ? strchr(from, ')') : NULL;

    if (to)
        memmove(from, to + 1, strlen(to + 1) + 1);
}

static void draw_prompt(struct app *a, struct cells *c)
{
    size_t n = a->prompt.many ? pasted_count(a->prompt.text.text) : 0;
    char label[sizeof(a->label)];
    int used, y = c->height - 1;

    snprintf(label, sizeof(label), "%s", a->label);
    if (n > 1)
        snprintf(label, sizeof(label), "Add %zu URLs: ", n);
    if (cells_columns(c, label, SIZE_MAX) > c->width / 2)
        drop_hint(label);
    cells_fill(c, y, 0, c->width, STYLE_PROMPT);
    used = cells_text(c, y, 0, c->width * 2 / 3, STYLE_PROMPT, label);
    prompt_draw(&a->prompt, c, y, used, c->width - used, STYLE_INPUT);
    if (a->why.text[0] && y > 0) {
        int cursor_x = c->cursor_x;

        draw_talk(c, y - 1, a->why_is_hint ? STYLE_QUIET : STYLE_FAULT, a->why.text);
        c->cursor_x = cursor_x;
    }
}

static void draw_grid(struct app *a, struct cells *c)
{
    struct grid g = grid_of(a);

    a->x_panes = grid_draw(&g, &a->plan, c);
    if (a->plan.one_line)
        return;
    if (g.alone)
        panes_draw_alone(a, c);
    else
        panes_draw_beside(a, c);
}

void app_draw(struct app *a, struct cells *c)
{
    if (!c->width || !c->height)
        return;
    if (a->message[0] && a->live->now_ns > a->message_until_ns)
        a->message[0] = '\0';
    replay_take(a);
    grid_plan(&a->plan, c->width, c->height, header_has_alert(a->snapshot), a->replay.on,
              view_whole(&a->view, a->snapshot));
    view_settle(&a->view, a->plan.y_rows, a->plan.nrows);
    since_take(a);
    if (a->view.column_scroll > layout_last_scroll(a->plan.panes.grid_width))
        a->view.column_scroll = layout_last_scroll(a->plan.panes.grid_width);
    replay_ask(a);
    if (a->adding) {
        a->ops->tried(a->self, a->adding->tried, a->adding->n);
        adding_draw(a->adding, c);
    } else if (a->setup)
        setup_draw(a->setup, c);
    else if (a->form)
        form_draw(a->form, c);
    else if (a->mode == MODE_HELP || (a->mode == MODE_QUESTION && a->mode_after == MODE_HELP))
        help_draw(c, &a->keys, &a->help_top);
    else
        draw_grid(a, c);

    if (a->mode == MODE_PROMPT)
        draw_prompt(a, c);
    else if (a->mode == MODE_QUESTION) {
        draw_talk(c, c->height - 1, STYLE_QUESTION, a->label);
        c->cursor_x = -1;
    } else if (a->message[0])
        draw_talk(c, c->height - 1, a->message_is_fault ? STYLE_FAULT : STYLE_MESSAGE, a->message);
}

const char *app_title(const struct app *a, char text[APP_TITLE_SIZE])
{
    const struct status_counts *n = &a->live->counts;

    if (a->live->health.offline)
        snprintf(text, APP_TITLE_SIZE, "squirrel: offline");
    else if (n->state[STATE_DOWN])
        snprintf(text, APP_TITLE_SIZE, "squirrel: %u down", (unsigned)n->state[STATE_DOWN]);
    else
        snprintf(text, APP_TITLE_SIZE, "squirrel: %u up", (unsigned)(n->state[STATE_UP] + n->state[STATE_DEGRADED]));
    return text;
}

const struct alert_list *app_alerts(const struct app *a)
{
    return a->replay.shown ? &a->replay.alerts : &a->alerts;
}

int64_t app_until_ms(const struct app *a)
{
    return a->snapshot->past ? a->snapshot->now_ms : 0;
}

int64_t app_window_ms(const struct app *a)
{
    static const int64_t windows[APP_ZOOMS] = { MS_PER_H, 6 * MS_PER_H, MS_PER_DAY, 7 * MS_PER_DAY, 30 * MS_PER_DAY, 90 * MS_PER_DAY };

    return windows[a->zoom];
}

void app_print(const struct app *a, int width, bool utf8, struct strbuf *out)
{
    struct grid g = grid_of(a);

    grid_print(&g, width, utf8, out);
}
