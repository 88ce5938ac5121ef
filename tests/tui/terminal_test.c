/* How many bytes a frame costs on the line, in the real curses on a pseudo-terminal. */
#include "terminal.h"

#include <assert.h>
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "stage.h"
#include "support/tests.h"

/* --- a line that counts ------------------------------------------------------------------------------------------- */

#define MARK "\033[0;0;0Z"           /* means nothing; what comes before it belongs to the frame */

static struct {
    int master, saved[2];
    pthread_t reader;
    pthread_mutex_t lock;
    pthread_cond_t more;
    char   seen[1 << 20];            /* under lock, as is the length */
    size_t length;
} line = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static void *read_all(void *unused)
{
    char bytes[4096];
    ssize_t n;

    while ((n = read(line.master, bytes, sizeof(bytes))) > 0) {
        pthread_mutex_lock(&line.lock);
        assert((size_t)n < sizeof(line.seen) - line.length);
        memcpy(line.seen + line.length, bytes, (size_t)n);
        line.length += (size_t)n;
        line.seen[line.length] = '\0';
        pthread_cond_signal(&line.more);
        pthread_mutex_unlock(&line.lock);
    }
    return unused;
}

static struct terminal *open_line(const char *term, int width, int height)
{
    struct winsize size = { .ws_row = (unsigned short)height, .ws_col = (unsigned short)width };
    struct terminal *t;
    struct errmsg why;
    int slave;

    assert_int_equal(openpty(&line.master, &slave, NULL, NULL, &size), 0);
    line.saved[0] = dup(STDIN_FILENO);
    line.saved[1] = dup(STDOUT_FILENO);
    fflush(stdout);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    close(slave);
    line.length = 0;
    assert_int_equal(pthread_create(&line.reader, NULL, read_all, NULL), 0);
    setenv("TERM", term, 1);
    unsetenv("NO_COLOR");
    assert_int_equal(terminal_open(&t, false, false, &why), ERR_OK);
    return t;
}

static void close_line(struct terminal *t)
{
    terminal_close(t);
    dup2(line.saved[0], STDIN_FILENO);
    dup2(line.saved[1], STDOUT_FILENO);
    close(line.saved[0]);
    close(line.saved[1]);
    pthread_join(line.reader, NULL); /* nobody holds the other end any more */
    close(line.master);
}

/* The bytes that came since the last call. */
static size_t bytes_of_frame(void)
{
    char *mark;
    size_t n;

    assert_int_equal(write(STDOUT_FILENO, MARK, strlen(MARK)), strlen(MARK));
    pthread_mutex_lock(&line.lock);
    while (!(mark = memmem(line.seen, line.length, MARK, strlen(MARK))))
        pthread_cond_wait(&line.more, &line.lock);
    n = (size_t)(mark - line.seen);
    line.length = 0;
    line.seen[0] = '\0';
    pthread_mutex_unlock(&line.lock);
    return n;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static size_t paint(struct stage *s, struct terminal *t, int width, int height)
{
    s->cells.utf8 = true;
    assert_int_equal(cells_resize(&s->cells, width, height), ERR_OK);
    app_draw(&s->app, &s->cells);
    terminal_paint(t, &s->cells, 0);
    return bytes_of_frame();
}

static void second_passes(struct stage *s)
{
    s->snapshot.now_ns += NS_PER_S;
    s->snapshot.now_ms += MS_PER_S;
    stage_take(s);
}

static void row_changes(struct stage *s)
{
    s->snapshot.row[9].row.latency_us += 7000;
    stage_touch(s, 9);
    stage_take(s);
}

static void site_goes_down(struct stage *s)
{
    stage_set_state(s, 9, STATE_DOWN);
    s->snapshot.row[9].row.outcome = OUTCOME_REFUSED;
    stage_take(s);
}

static void cursor_moves(struct stage *s)
{
    stage_keys(s, "j");
}

static void page_turns(struct stage *s)
{
    stage_keys(s, "PgDn");
}

static void nothing_changes(struct stage *s)
{
    stage_take(s);
}

static void a_frame_costs_what_changed(void **state)
{
    static const struct {
        const char *what;
        void (*happens)(struct stage *s);
        size_t rows[2];              /* so many rows' worth of bytes at most; a wide screen tells all about another site, too */
    } frames[] = {
        { "nothing changed", nothing_changes, { 0, 0 } }, { "a second passed", second_passes, { 1, 2 } },
        { "nothing changed", nothing_changes, { 0, 0 } }, { "a latency changed", row_changes, { 1, 1 } },
        { "the cursor moved", cursor_moves, { 8, 25 } }, { "a site went down", site_goes_down, { 10, 40 } },
        { "a page turned", page_turns, { 26, 50 } }, { "nothing changed", nothing_changes, { 0, 0 } },
    };
    static const int sizes[][2] = { { 80, 24 }, { 200, 50 } };
    static const char *const terms[] = { "tmux-256color", "screen-256color", "xterm-256color", "linux", "vt100" };
    size_t i, k, n;

    for (n = 0; n < sizeof(terms) / sizeof(terms[0]); n++)
        for (k = 0; k < 2; k++) {
            struct stage *s = *state;
            int width = sizes[k][0], height = sizes[k][1];
            struct terminal *t = open_line(terms[n], width, height);
            size_t cost[8], whole;

            stage_world(s);
            whole = paint(s, t, width, height);
            for (i = 0; i < 8; i++) {
                frames[i].happens(s);
                cost[i] = paint(s, t, width, height);
            }
            close_line(t);
            print_message("%s %dx%d: the first frame %zu bytes", terms[n], width, height, whole);
            for (i = 0; i < 8; i++)
                print_message(", %s %zu", frames[i].what, cost[i]);
            print_message("\n");
            assert_in_range(whole, 1000, (size_t)(width * height) * 3);
            for (i = 0; i < 8; i++)
                assert_in_range(cost[i], frames[i].rows[k] > 0, frames[i].rows[k] * (size_t)width);
            stage_end(state);
            stage_begin(state);
        }
}

/* On a tree, too: a row that changed is a row, and a fold what stands below it. */
static void a_frame_of_a_tree_costs_what_changed(void **state)
{
    struct stage *s = *state;
    struct terminal *t = open_line("tmux-256color", 80, 24);
    size_t moved, latency, still, folded, again;

    stage_world(s);
    stage_keys(s, "t");
    stage_keys(s, "Esc g j");
    paint(s, t, 80, 24);
    nothing_changes(s);
    still = paint(s, t, 80, 24);
    row_changes(s);
    latency = paint(s, t, 80, 24);
    cursor_moves(s);
    moved = paint(s, t, 80, 24);
    stage_keys(s, "-");
    folded = paint(s, t, 80, 24);
    stage_keys(s, "+ -");            /* there and back is nothing */
    again = paint(s, t, 80, 24);
    close_line(t);
    print_message("a tree: nothing %zu, a latency %zu, the cursor %zu, a fold %zu bytes\n", still, latency, moved, folded);
    assert_int_equal(still, 0);
    assert_in_range(latency, 1, 80);
    assert_in_range(moved, 1, 8 * 80);
    assert_in_range(folded, 1, 26 * 80);
    assert_int_equal(again, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_frame_costs_what_changed, stage_begin, stage_end),
        cmocka_unit_test_setup_teardown(a_frame_of_a_tree_costs_what_changed, stage_begin, stage_end),
    };

    return cmocka_run_group_tests(tests, stage_locale, NULL);
}
