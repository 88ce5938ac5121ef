/* The line editor. Pure. */
#include "prompt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "keys.h"

void prompt_release(struct prompt *p)
{
    strbuf_release(&p->text);
    p->at = 0;
}

void prompt_set(struct prompt *p, const char *text)
{
    strbuf_reset(&p->text);
    strbuf_adds(&p->text, text);
    p->at = p->text.length;
    p->offered = false;
}

void prompt_offer(struct prompt *p, const char *text)
{
    prompt_set(p, text);
    p->offered = true;
}

/* --- moving and deleting ------------------------------------------------------------------------------------------ */

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* True when no column of its own is taken by what begins there: it belongs to the character before. */
static bool combines(const struct prompt *p, size_t at)
{
    static const struct cells utf8 = { .utf8 = true };
    uint32_t point = 0;
    int n = text_decode(p->text.text + at, p->text.length - at, &point);
    char pair[6] = "x";

    if (n < 2)
        return false;
    memcpy(pair + 1, p->text.text + at, (size_t)n);
    return cells_columns(&utf8, pair, (size_t)n + 1) == 1;
}

static size_t before(const struct prompt *p, size_t at)
{
    while (at) {
        at--;
        if (!continues(p->text.text[at]) && !combines(p, at))
            break;
    }
    return at;
}

static size_t behind(const struct prompt *p, size_t at)
{
    while (at < p->text.length) {
        at++;
        if (at == p->text.length || (!continues(p->text.text[at]) && !combines(p, at)))
            break;
    }
    return at;
}

static size_t word_before(const struct prompt *p, size_t at)
{
    while (at && isspace((unsigned char)p->text.text[at - 1]))
        at--;
    while (at && !isspace((unsigned char)p->text.text[at - 1]))
        at--;
    return at;
}

static enum prompt_event cut(struct prompt *p, size_t from, size_t to)
{
    if (from == to)
        return PROMPT_MOVED;
    strbuf_splice(&p->text, from, to - from, "", 0);
    p->at = from;
    return PROMPT_CHANGED;
}

static enum prompt_event go(struct prompt *p, size_t at)
{
    p->at = at;
    return PROMPT_MOVED;
}

static enum prompt_event insert(struct prompt *p, const char *bytes, size_t length)
{
    if (p->offered && length)
        prompt_set(p, "");
    if (p->text.length + length > PROMPT_MOST)
        return PROMPT_MOVED;
    strbuf_splice(&p->text, p->at, 0, bytes, length);
    if (p->text.failed)              /* it did not grow; try again with the next key */
        p->text.failed = false;
    else
        p->at += length;
    return PROMPT_CHANGED;
}

static enum prompt_event type(struct prompt *p, uint32_t stroke)
{
    char bytes[4];

    if (stroke < STROKE_SPACE || stroke >= STROKE_SPECIAL || !text_is_safe(stroke))
        return PROMPT_IGNORED;
    return insert(p, bytes, (size_t)text_encode(stroke, bytes));
}

static enum prompt_event edit(struct prompt *p, uint32_t stroke)
{
    size_t end = p->text.length;

    switch (stroke) {
    case STROKE_ENTER: case STROKE_CTRL('J'):
        return PROMPT_DONE;
    case STROKE_ESC: case STROKE_CTRL('C'): case STROKE_CTRL('G'):
        return PROMPT_CANCELLED;
    case STROKE_LEFT:
        return go(p, before(p, p->at));
    case STROKE_RIGHT:
        return go(p, behind(p, p->at));
    case STROKE_HOME: case STROKE_CTRL('A'):
        return go(p, 0);
    case STROKE_END: case STROKE_CTRL('E'):
        return go(p, end);
    case STROKE_RUBOUT: case STROKE_CTRL('H'):
        return cut(p, before(p, p->at), p->at);
    case STROKE_DELETE: case STROKE_CTRL('D'):
        return cut(p, p->at, behind(p, p->at));
    case STROKE_CTRL('U'):
        return cut(p, 0, p->at);
    case STROKE_CTRL('K'):
        return cut(p, p->at, end);
    case STROKE_CTRL('W'):
        return cut(p, word_before(p, p->at), p->at);
    default:
        return type(p, stroke);
    }
}

enum prompt_event prompt_stroke(struct prompt *p, uint32_t stroke)
{
    enum prompt_event event = edit(p, stroke);

    p->offered = p->offered && event == PROMPT_IGNORED;
    return event;
}

/* --- pasting ------------------------------------------------------------------------------------------------------ */

void prompt_paste(struct prompt *p, const char *text, size_t length)
{
    struct strbuf clean = STRBUF_INIT;

    if (!p->many)                    /* the first line that holds something */
        while (length && (*text == '\n' || *text == '\r' || *text == ' ' || *text == '\t')) {
            text++;
            length--;
        }
    while (length) {
        uint32_t point = 0;
        int n = text_decode(text, length, &point);
        size_t bytes = n > 0 ? (size_t)n : 1;

        if (point == '\r' || point == '\n') {
            if (!p->many)
                break;
            strbuf_addc(&clean, '\n');
        } else if (point == '\t')
            strbuf_addc(&clean, ' ');
        else if (n > 0 && text_is_safe(point))
            strbuf_add(&clean, text, bytes);
        text += bytes;
        length -= bytes;
    }
    if (!clean.failed)
        insert(p, clean.text, clean.length < PROMPT_MOST - p->text.length ? clean.length : 0);
    strbuf_release(&clean);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

void prompt_draw(const struct prompt *p, struct cells *c, int y, int x, int width, unsigned style)
{
    int left = cells_columns(c, p->text.text, p->at), scrolled = 0;
    size_t at = 0;

    if (width < 2)
        return;
    while (left - scrolled >= width) {
        size_t next = behind(p, at);

        scrolled += cells_columns(c, p->text.text + at, next - at);
        at = next;
    }
    cells_fill(c, y, x, width, style);
    cells_text(c, y, x, width, style, p->text.text + at);
    c->cursor_y = y;
    c->cursor_x = x + left - scrolled;
}
