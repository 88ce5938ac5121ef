/* The one file that knows curses, for the one thread that may call it: the main thread. It keeps the cells that the
 * terminal shows, so that a frame touches what changed and nothing else. */
#include "terminal.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "keys.h"

#define PAIRS_MOST 64
#define PASTE_MOST ((size_t)1 << 20)
#define PASTE_PATIENCE_NS NS_PER_S   /* a paste whose end does not come is over then */

/* Key codes of our own, above those that ncurses gives to what it finds in the terminal's description. */
enum { CODE_PASTE_BEGINS = 2000, CODE_PASTE_ENDS, CODE_FOCUS, CODE_BLUR, CODE_MOUSE };

/* Signals that newterm() takes over where nobody has; given back at the end. */
static const int taken[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
#define NTAKEN (sizeof(taken) / sizeof(taken[0]))

struct terminal {
    SCREEN *screen;
    struct sigaction before[NTAKEN];
    bool utf8, has_title;
    int  colours;                    /* 0, 8, 256 */
    bool own_colours;                /* -1 is the terminal's own colour */
    struct cells shown;              /* what is on the screen, as far as we know */
    int  scheme;                     /* by which it was drawn */
    bool stale;                      /* draw every cell */
    cchar_t *line;                   /* a row's worth, for painting */
    struct { short fg, bg; } pair[PAIRS_MOST];
    short npair;
    char  title[64];
    bool  mouse;                     /* it is to tell of it */
    bool  telling;                   /* and does: what it says so far */
    char  told[24];
    size_t ntold;
    bool  pasting;
    int64_t pasted_ns;               /* when its last piece came */
    struct strbuf paste;
};

/* --- opening and closing ------------------------------------------------------------------------------------------ */

/* Past curses, which has no words for these; it buffers nothing between two frames. */
static void send(const char *bytes)
{
    size_t length = strlen(bytes);

    while (length) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);

        if (n < 0 && errno != EINTR)
            return;                  /* the terminal is gone, which poll() will tell */
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
}

static bool is_family(const char *term, const char *family)
{
    return !strncmp(term, family, strlen(family));
}

static bool knows_titles(void)
{
    const char *term = getenv("TERM");

    return term && (is_family(term, "tmux") || is_family(term, "screen") || is_family(term, "xterm"));
}

/* Buttons and the wheel, told as SGR does, which knows no widest screen; never motion. */
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

/* The console's fonts have no eighth blocks and no braille, whatever the locale says; a VT100 has no UTF-8. */
static bool lacks_glyphs(void)
{
    const char *term = getenv("TERM");

    return term && (is_family(term, "linux") || is_family(term, "vt"));
}

static void private_modes_on(const struct terminal *t)
{
    send("\033[?2004h\033[?1004h");   /* bracketed paste, focus events; whoever does not know them ignores them */
    if (t->mouse)
        send(MOUSE_ON);
    if (t->has_title)
        send("\033[22;2t");          /* keeps the title, for later */
}

static void private_modes_off(const struct terminal *t)
{
    if (t->mouse)
        send(MOUSE_OFF);
    send("\033[?1004l\033[?2004l");
    if (t->has_title)
        send(getenv("STY") ? "\033]2;\033\\" : "\033[23;2t"); /* GNU screen keeps none: empty, at least, is not wrong */
}

/* Looks before newterm() writes anything: can things be placed on it? */
enum err terminal_probe(struct errmsg *why)
{
    const char *term = getenv("TERM");
    int error = 0;
    bool places;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(why, ERR_UNAVAILABLE, "cannot open a screen: standard input and output are no terminal");
    if (!term || !*term)
        return err_set(why, ERR_UNAVAILABLE, "cannot open a screen: TERM is not set");
    if (setupterm(term, STDOUT_FILENO, &error) != OK)
        return err_set(why, ERR_UNAVAILABLE, "cannot open a screen: the terminal '%.40s' is not known here", term);
    places = tigetstr("cup") != NULL;
    del_curterm(cur_term);
    if (!places)
        return err_set(why, ERR_UNAVAILABLE, "cannot open a screen: on a terminal '%.40s' nothing can be placed", term);
    return ERR_OK;
}

static void set_up_colours(struct terminal *t, bool no_colour)
{
    const char *wish = getenv("NO_COLOR");

    t->npair = 1;                    /* pair 0 is the terminal's own */
    if (no_colour || (wish && *wish) || !has_colors() || start_color() == ERR)
        return;
    t->own_colours = use_default_colors() == OK;
    t->colours = COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
}

static void set_up_input(void)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    define_key("\033[200~", CODE_PASTE_BEGINS);
    define_key("\033[201~", CODE_PASTE_ENDS);
    define_key("\033[I", CODE_FOCUS);
    define_key("\033[O", CODE_BLUR);
    define_key("\033[<", CODE_MOUSE);
}

enum err terminal_open(struct terminal **out, bool ascii, bool no_colour, struct errmsg *why)
{
    enum err err = terminal_probe(why);
    struct terminal *t;
    size_t i;

    if (err)
        return err;
    t = calloc(1, sizeof(*t));
    if (!t)
        return err_set(why, ERR_NOMEM, "cannot open a screen: out of memory");
    t->paste = (struct strbuf)STRBUF_INIT;
    t->utf8 = !ascii && !lacks_glyphs() && !strcmp(nl_langinfo(CODESET), "UTF-8");
    t->has_title = knows_titles();
    t->stale = true;
    for (i = 0; i < NTAKEN; i++)
        sigaction(taken[i], NULL, &t->before[i]);
    set_escdelay(25);                /* tmux waits by itself, too */
    t->screen = newterm(NULL, stdout, stdin);
    if (!t->screen) {
        free(t);
        return err_set(why, ERR_UNAVAILABLE, "cannot open a screen: the terminal can not be set up");
    }
    set_up_colours(t, no_colour);
    set_up_input();
    private_modes_on(t);
    *out = t;
    return ERR_OK;
}

void terminal_close(struct terminal *t)
{
    size_t i;

    if (!t)
        return;
    private_modes_off(t);
    endwin();
    delscreen(t->screen);
    for (i = 0; i < NTAKEN; i++)
        sigaction(taken[i], &t->before[i], NULL);
    cells_release(&t->shown);
    strbuf_release(&t->paste);
    free(t->line);
    free(t);
}

bool terminal_utf8(const struct terminal *t)
{
    return t->utf8;
}

int terminal_fd(const struct terminal *t)
{
    (void)t;
    return STDIN_FILENO;
}

void terminal_size(struct terminal *t, int *width, int *height)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row &&
        (size.ws_col != COLS || size.ws_row != LINES)) {
        resizeterm(size.ws_row, size.ws_col);
        t->stale = true;
    }
    *width = COLS;
    *height = LINES;
}

void terminal_leave(struct terminal *t)
{
    private_modes_off(t);
    endwin();
}

void terminal_go_on(struct terminal *t)
{
    endwin();                        /* whoever had the terminal meanwhile left it in a mode of his own */
    refresh();
    private_modes_on(t);
    t->title[0] = '\0';
    t->stale = true;
}

void terminal_mouse(struct terminal *t, bool on)
{
    if (on != t->mouse)
        send(on ? MOUSE_ON : MOUSE_OFF);
    t->mouse = on;
}

void terminal_forget(struct terminal *t)
{
    t->stale = true;
}

bool terminal_is_there(const struct terminal *t, bool has_input)
{
    int waiting = 0;

    (void)t;
    return !has_input || (ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0);
}

/* --- painting ----------------------------------------------------------------------------------------------------- */

/* The pair of these two colours, made when it is first asked for. */
static short pair_of(struct terminal *t, short fg, short bg)
{
    short i;

    if (fg == LOOK_NO_COLOUR && bg == LOOK_NO_COLOUR)
        return 0;
    for (i = 1; i < t->npair; i++)
        if (t->pair[i].fg == fg && t->pair[i].bg == bg)
            return i;
    if (i == PAIRS_MOST || i >= COLOR_PAIRS)
        return 0;
    t->pair[i].fg = fg;
    t->pair[i].bg = bg;
    t->npair++;
    if (!t->own_colours) {
        fg = fg == LOOK_NO_COLOUR ? COLOR_WHITE : fg;
        bg = bg == LOOK_NO_COLOUR ? COLOR_BLACK : bg;
    }
    init_pair(i, fg, bg);
    return i;
}

static attr_t attributes_of(unsigned look)
{
    return (look & LOOK_BOLD ? A_BOLD : 0) | (look & LOOK_DIM ? A_DIM : 0) | (look & LOOK_REVERSE ? A_REVERSE : 0) |
           (look & LOOK_UNDERLINE ? A_UNDERLINE : 0);
}

static void to_curses(struct terminal *t, cchar_t *to, const struct cell *cell)
{
    struct look look = style_look(cell->style, t->scheme, t->colours);
    wchar_t text[CELL_POINTS + 1] = { 0 };
    int i;

    for (i = 0; i < CELL_POINTS; i++)
        text[i] = (wchar_t)cell->point[i];
    setcchar(to, text, attributes_of(look.attributes), pair_of(t, look.fg, look.bg), NULL);
}

static bool same(const struct cell *a, const struct cell *b)
{
    return !memcmp(a->point, b->point, sizeof(a->point)) && a->width == b->width && a->style == b->style;
}

/* Draws the cells from x to end - 1, of which neither end lies within a wide character. */
static void paint_run(struct terminal *t, const struct cells *c, int y, int x, int end)
{
    int n = 0, at;

    for (at = x; at < end; at++)
        if (cells_at(c, y, at)->width)
            to_curses(t, &t->line[n++], cells_at(c, y, at));
    mvadd_wchnstr(y, x, t->line, n);
}

static void paint_row(struct terminal *t, const struct cells *c, int y)
{
    int x = 0, end;

    while (x < c->width) {
        if (!t->stale && same(cells_at(c, y, x), cells_at(&t->shown, y, x))) {
            x++;
            continue;
        }
        while (x > 0 && !cells_at(c, y, x)->width)
            x--;
        for (end = x + 1; end < c->width; end++)
            if (cells_at(c, y, end)->width && !t->stale && same(cells_at(c, y, end), cells_at(&t->shown, y, end)))
                break;
        paint_run(t, c, y, x, end);
        x = end;
    }
}

/* Memory for a screen of that size; what was shown is forgotten when it is another. */
static bool make_room(struct terminal *t, const struct cells *c)
{
    cchar_t *line;

    if (t->shown.width == c->width && t->shown.height == c->height)
        return true;
    line = realloc(t->line, (size_t)c->width * sizeof(*line));
    if (!line)
        return false;
    t->line = line;
    t->stale = true;
    return cells_resize(&t->shown, c->width, c->height) == ERR_OK;
}

static void place_cursor(const struct cells *c)
{
    bool shown = c->cursor_x >= 0 && c->cursor_x < c->width;

    curs_set(shown);
    move(c->cursor_y >= 0 && c->cursor_y < c->height ? c->cursor_y : c->height - 1, shown ? c->cursor_x : 0);
}

void terminal_paint(struct terminal *t, const struct cells *c, int scheme)
{
    int y;

    if (!c->width || !c->height || !make_room(t, c))
        return;
    t->stale |= scheme != t->scheme;
    t->scheme = scheme;
    if (t->stale) {
        erase();
        clearok(stdscr, TRUE);
    }
    for (y = 0; y < c->height; y++)
        paint_row(t, c, y);
    memcpy(t->shown.cell, c->cell, (size_t)c->width * (size_t)c->height * sizeof(*c->cell));
    t->stale = false;
    place_cursor(c);
    refresh();
}

void terminal_bell(struct terminal *t)
{
    (void)t;
    beep();
}

void terminal_title(struct terminal *t, const char *text)
{
    char sequence[sizeof(t->title) + 8];

    if (!t->has_title || !strncmp(t->title, text, sizeof(t->title) - 1))
        return;
    snprintf(t->title, sizeof(t->title), "%s", text);
    snprintf(sequence, sizeof(sequence), "\033]2;%s\033\\", t->title);
    send(sequence);
}

void terminal_copy(struct terminal *t, const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct strbuf out = STRBUF_INIT;
    size_t length = strlen(text), i;

    (void)t;
    strbuf_adds(&out, "\033]52;c;");
    for (i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        uint32_t bits = 0;
        size_t k;

        for (k = 0; k < 3; k++)
            bits = bits << 8 | (k < n ? (unsigned char)text[i + k] : 0);
        for (k = 0; k < 4; k++)
            strbuf_addc(&out, k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
    }
    strbuf_addc(&out, '\a');
    if (!out.failed)
        send(out.text);
    strbuf_release(&out);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static uint32_t stroke_of(int code)
{
    static const struct {
        int code;
        uint32_t stroke;
    } codes[] = {
        { KEY_UP, STROKE_UP }, { KEY_DOWN, STROKE_DOWN }, { KEY_LEFT, STROKE_LEFT }, { KEY_RIGHT, STROKE_RIGHT },
        { KEY_HOME, STROKE_HOME }, { KEY_FIND, STROKE_HOME }, { KEY_END, STROKE_END }, { KEY_SELECT, STROKE_END },
        { KEY_PPAGE, STROKE_PAGE_UP }, { KEY_NPAGE, STROKE_PAGE_DOWN }, { KEY_IC, STROKE_INSERT },
        { KEY_DC, STROKE_DELETE }, { KEY_BTAB, STROKE_BACKTAB }, { KEY_ENTER, STROKE_ENTER },
        { KEY_BACKSPACE, STROKE_RUBOUT },
    };
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].code == code)
            return codes[i].stroke;
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return STROKE_F0 + (uint32_t)(code - KEY_F0);
    return STROKE_NONE;
}

static void paste_add(struct terminal *t, wint_t point)
{
    char bytes[4];

    if (point < 0x110000 && t->paste.length < PASTE_MOST)
        strbuf_add(&t->paste, bytes, (size_t)text_encode((uint32_t)point, bytes));
}

static struct input paste_ends(struct terminal *t)
{
    t->pasting = false;
    return (struct input){ .kind = INPUT_PASTE, .text = t->paste.text, .length = t->paste.length };
}

/* Behind an Esc that came with more: Alt and a key, or a sequence that curses does not know. It is swallowed whole,
 * lest its letters be taken for keys. */
static void swallow_sequence(wint_t first)
{
    wint_t c = first;

    if (first != '[' && first != 'O')
        return;
    while (get_wch(&c) == OK && (c < 0x40 || c > 0x7e))
        ;
}

static struct input key(wint_t c)
{
    struct input in = { .kind = INPUT_STROKE, .stroke = (uint32_t)c };
    wint_t next;
    int got;

    if (c != STROKE_ESC)
        return in;
    got = get_wch(&next);
    if (got == OK && next != STROKE_ESC) {
        swallow_sequence(next);
        in.stroke = STROKE_NONE;
    } else if (got == OK)
        unget_wch((wchar_t)next);
    else if (got == KEY_CODE_YES)
        in.stroke = STROKE_NONE;
    return in;
}

static bool more_waits(void)
{
    wint_t next;
    int got = get_wch(&next);

    if (got == OK)
        unget_wch((wchar_t)next);
    else if (got == KEY_CODE_YES)
        ungetch((int)next);
    return got != ERR;
}

/* "0;12;5M" is the left button pressed at column 12 of line 5, "64;12;5M" and "65;12;5M" are the wheel's; 'm' a button let go.
 * With Shift, Alt or Ctrl, and with other buttons, it is none of our business. */
static bool mouse_of(const char *told, struct mouse *out)
{
    int button, x, y, used = 0;

    if (sscanf(told, "%5d;%5d;%5dM%n", &button, &x, &y, &used) != 3 || !used || told[used])
        return false;
    *out = (struct mouse){ button == 64 ? MOUSE_WHEEL_UP : button == 65 ? MOUSE_WHEEL_DOWN : MOUSE_CLICK, y - 1, x - 1 };
    return button == 0 || button == 64 || button == 65;
}

static bool may_be_told(wint_t c)
{
    return (c >= '0' && c <= '9') || c == ';' || c == 'M' || c == 'm';
}

/* A character of what the mouse did, which may come in pieces; true when that was all of it and is something. */
static bool mouse_says(struct terminal *t, wint_t c, struct mouse *out)
{
    if (t->ntold + 1 < sizeof(t->told))
        t->told[t->ntold++] = (char)c;
    t->told[t->ntold] = '\0';
    t->telling = c != 'M' && c != 'm';
    return !t->telling && t->mouse && mouse_of(t->told, out);
}

struct input terminal_read(struct terminal *t, int64_t now_ns)
{
    struct input in;
    wint_t c;
    int got;

    while ((got = get_wch(&c)) != ERR) {
        t->telling = t->telling && got == OK && may_be_told(c);
        if (got == KEY_CODE_YES && c == CODE_PASTE_BEGINS) {
            t->pasting = true;
            t->pasted_ns = now_ns;
            strbuf_reset(&t->paste);
        } else if (got == KEY_CODE_YES && c == CODE_PASTE_ENDS) {
            if (t->pasting)
                return paste_ends(t);
        } else if (got == KEY_CODE_YES && (c == CODE_FOCUS || c == CODE_BLUR)) {
            return (struct input){ .kind = c == CODE_FOCUS ? INPUT_FOCUS : INPUT_BLUR };
        } else if (got == KEY_CODE_YES && c == CODE_MOUSE && !t->pasting) {
            t->telling = true;
            t->ntold = 0;
        } else if (t->telling) {
            in = (struct input){ .kind = INPUT_MOUSE };
            if (mouse_says(t, c, &in.mouse))
                return in;
        } else if (t->pasting) {
            t->pasted_ns = now_ns;
            if (got == OK)
                paste_add(t, c);
        } else {
            in = got == OK ? key(c) : (struct input){ .kind = INPUT_STROKE, .stroke = stroke_of((int)c) };
            if (in.stroke == STROKE_NONE)
                continue;
            in.more = in.stroke == STROKE_ENTER && more_waits();
            return in;
        }
    }
    if (t->pasting && now_ns - t->pasted_ns > PASTE_PATIENCE_NS)
        return paste_ends(t);
    return (struct input){ .kind = INPUT_NONE };
}
