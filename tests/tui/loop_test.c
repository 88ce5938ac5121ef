/* The real loop and the real curses, on a terminal that is a pair of pseudo-terminals. Waiting is for output or for the end,
 * never for a time. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/status.h"
#include "monitor/monitor.h"
#include "support/random.h"
#include "support/tests.h"
#include "tui/tui.h"

#define PATIENCE_MS 20000            /* until a test fails; none is that slow */

/* --- a monitor of which the key r is the network: whatever is checked is down ------------------------------------ */

struct monitor {
    struct status_table *table;
};

size_t monitor_alerts(struct monitor *m, struct alert *out, size_t most, uint64_t *revision)
{
    (void)m;
    (void)out;
    (void)most;
    *revision = 0;
    return 0;
}

size_t monitor_messages(struct monitor *m, struct outbox_item *out, size_t most, struct outbox_counts *counts)
{
    (void)m;
    (void)out;
    (void)most;
    *counts = (struct outbox_counts){ .saved = true };
    return 0;
}

struct status_table *monitor_table(struct monitor *m)
{
    return m->table;
}

enum err monitor_apply(struct monitor *m, const struct settings *s, struct monitor_changes *changes)
{
    (void)m;
    (void)s;
    *changes = (struct monitor_changes){ 0 };
    return ERR_OK;
}

enum err monitor_change_engine(struct monitor *m, const struct settings *s, const char *engine, struct errmsg *why)
{
    (void)m;
    (void)s;
    return err_set(why, ERR_UNAVAILABLE, "there is no engine '%s' here", engine);
}

enum err monitor_send(struct monitor *m, const struct command *c)
{
    struct job job = { .id = 1, .site_id = c->site_id, .generation = c->generation };
    struct journal_entry taken;
    struct result r;

    result_init(&r, &job);
    r.outcome = OUTCOME_REFUSED;
    status_publish(m->table, &r, clock_mono_ns());
    status_take_journal(m->table, &taken, 1);
    return ERR_OK;
}

/* --- the program on the other side -------------------------------------------------------------------------------- */

struct play {
    pid_t pid;
    int   master, ended;             /* ended becomes readable when the program did */
    char  seen[1 << 20];             /* its output from the last wait on */
    size_t length;
};

static const char *file;             /* of settings; NULL: none */
static bool no_mouse, elsewhere, as_a_job;

static int perform(int nsite)
{
    struct tui_options options = { .log_level = LEVEL_INFO, .no_mouse = no_mouse, .elsewhere = elsewhere };
    struct errmsg why = ERRMSG_INIT;
    struct settings *settings = NULL;
    struct faults faults = { 0 };
    struct monitor m = { status_new(16, NULL, NULL) };
    struct options plain;
    const struct options *shared;
    enum err err;
    sigset_t set;
    int i;

    tui_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    setlocale(LC_ALL, "C.UTF-8");
    if (!file || settings_read(&settings, file, &faults))
        settings = settings_new();
    options_init(&plain);
    plain.retries = 0;
    shared = options_share(&plain);
    for (i = 0; i < nsite; i++) {
        struct site *site = site_new(i ? "second" : "first", i ? "https://b.example.org/" : "https://a.example.org/", shared);
        uint32_t id, generation;

        status_add(m.table, site, false, &id, &generation);
        site_unref(site);
    }
    options_unref(shared);
    err = tui_run(&m, &settings, &options, &why);
    status_free(m.table);
    settings_free(settings);
    return (int)err;
}

/* As a shell has it: in a process group of its own, and when it is stopped it is told to go on. */
static int perform_as_a_job(int nsite)
{
    pid_t job = fork();
    int status = 0;

    if (!job) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        exit(perform(nsite));
    }
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        dprintf(STDOUT_FILENO, "[1]+ Stopped");
        kill(job, SIGCONT);
    }
    return WEXITSTATUS(status);
}

static struct play *start(const char *term, int nsite)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    struct play *p = calloc(1, sizeof(*p));

    assert_non_null(p);
    p->pid = forkpty(&p->master, NULL, NULL, &size);
    assert_true(p->pid >= 0);
    if (!p->pid) {
        setenv("TERM", term, 1);
        unsetenv("NO_COLOR");
        unsetenv("STY");
        setenv("XDG_STATE_HOME", "/nonexistent", 1); /* nobody's history is looked at */
        exit(as_a_job ? perform_as_a_job(nsite) : perform(nsite));
    }
    p->ended = (int)syscall(SYS_pidfd_open, p->pid, 0);
    assert_true(p->ended >= 0);
    return p;
}

/* Takes what the program writes; false when there is no more to come. */
static bool take(struct play *p)
{
    struct pollfd fd = { .fd = p->master, .events = POLLIN };
    ssize_t n;

    if (poll(&fd, 1, PATIENCE_MS) < 1)
        fail_msg("nothing came after: %s", p->seen);
    if (p->length > sizeof(p->seen) / 2)
        p->length = 0;
    n = read(p->master, p->seen + p->length, sizeof(p->seen) - 1 - p->length);
    if (n <= 0)
        return false;
    p->length += (size_t)n;
    p->seen[p->length] = '\0';
    return true;
}

static void wait_for(struct play *p, const char *text)
{
    int64_t until_ns = clock_mono_ns() + PATIENCE_MS * NS_PER_MS;

    while (!strstr(p->seen, text))
        if (!take(p) || clock_mono_ns() > until_ns) /* the clock on the screen goes on for ever */
            fail_msg("'%s' did not come, but: %s", text, p->seen);
}

/* As wait_for(), of what comes from now on. */
static void press(struct play *p, const char *keys, const char *text)
{
    p->length = 0;
    p->seen[0] = '\0';
    assert_int_equal(write(p->master, keys, strlen(keys)), strlen(keys));
    if (text)
        wait_for(p, text);
}

/* The exit status, after the last byte of output; kills nothing. */
static int finish(struct play *p)
{
    struct pollfd fd = { .fd = p->ended, .events = POLLIN };
    int status = 0;

    if (p->master >= 0)
        while (take(p))
            ;
    assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    close(p->ended);
    if (p->master >= 0)
        close(p->master);
    assert_true(WIFEXITED(status));
    status = WEXITSTATUS(status);
    free(p);
    return status;
}

static void the_terminal_is_given_back_on_the_way_out(void **state)
{
    struct play *p = start("xterm-256color", 2);

    (void)state;
    wait_for(p, "second");
    assert_non_null(strstr(p->seen, "\033[?2004h"));
    assert_non_null(strstr(p->seen, "\033[?1049h"));
    wait_for(p, "\033]2;squirrel: 0 up\033\\");
    press(p, "q", "stop checking 2 sites?");
    press(p, "y", "\033[?2004l");
    wait_for(p, "\033[23;2t");
    wait_for(p, "\033[?1049l");
    assert_int_equal(finish(p), ERR_OK);
}

static void the_grid_is_left_behind_when_asked_for(void **state)
{
    struct play *p = start("vt100", 2);

    (void)state;
    wait_for(p, "second");
    assert_null(strstr(p->seen, "\033]2;"));
    press(p, "Q", "stop checking");
    press(p, "y", "STATE NAME");
    wait_for(p, "NEW   second");
    assert_int_equal(finish(p), ERR_OK);
}

static void signals_end_it_or_ask(void **state)
{
    struct play *p = start("tmux-256color", 1);

    (void)state;
    wait_for(p, "first");
    kill(p->pid, SIGHUP); /* while there is a terminal, it asks for a reload */
    wait_for(p, "there is no settings file to read again");
    kill(p->pid, SIGTERM);
    wait_for(p, "\033[?2004l");
    assert_int_equal(finish(p), ERR_OK);
    p = start("screen", 1);
    wait_for(p, "first");
    kill(p->pid, SIGINT);
    wait_for(p, "stop checking?");
    kill(p->pid, SIGTSTP);
    press(p, "n\032", "the checks run in this process");
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void it_ends_when_the_terminal_goes_away(void **state)
{
    struct play *p = start("tmux-256color", 1);

    (void)state;
    wait_for(p, "first");
    close(p->master);
    p->master = -1;
    assert_int_equal(finish(p), ERR_OK);
}

static void what_is_no_screen_is_refused_and_nothing_is_written(void **state)
{
    static const char *const terms[] = { "dumb", "no-such-terminal", "" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct play *p = start(terms[i], 1);

        while (take(p))
            ;
        assert_string_equal(p->seen, "");
        assert_int_equal(finish(p), ERR_UNAVAILABLE);
    }
}

static void a_pipe_is_no_screen(void **state)
{
    int fd[2], status;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(fd), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        dup2(fd[1], STDOUT_FILENO);
        exit(perform(1));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), ERR_UNAVAILABLE);
    close(fd[0]);
    close(fd[1]);
}

static void a_new_outage_rings_once_and_is_in_the_title(void **state)
{
    struct play *p = start("xterm-256color", 2);

    (void)state;
    wait_for(p, "second");
    assert_null(strchr(p->seen, '\a'));
    press(p, "r", "\a");
    wait_for(p, "\033]2;squirrel: 1 down\033\\");
    press(p, "r?", "Moving");
    assert_null(strchr(p->seen, '\a'));
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void sequences_and_alt_keys_are_no_commands(void **state)
{
    struct play *p = start("xterm-256color", 2);

    (void)state;
    wait_for(p, "second");
    press(p, "\033[200~x", NULL);    /* a paste, in two pieces; there is no file to add to */
    press(p, "y\nd\033[201~", "no settings file");
    press(p, "\033d\033[I\033[99;99u?", "Moving");
    assert_null(strstr(p->seen, "delete"));
    assert_null(strstr(p->seen, "inverted"));
    press(p, "\033[B\033[A", NULL);
    press(p, "q", "second");
    press(p, "q", "stop checking");
    press(p, "y", NULL);
    assert_int_equal(finish(p), ERR_OK);
}

static void a_thousand_resizes_end_in_the_last_size(void **state)
{
    struct play *p = start("tmux-256color", 2);
    struct random random = { 9 };
    struct winsize size = { 0 };
    int i;

    (void)state;
    wait_for(p, "second");
    for (i = 0; i < 1000; i++) {
        struct pollfd fd = { .fd = p->master, .events = POLLIN };

        size.ws_row = (unsigned short)(1 + random_below(&random, 200));
        size.ws_col = (unsigned short)(1 + random_below(&random, 500));
        assert_int_equal(ioctl(p->master, TIOCSWINSZ, &size), 0);
        while (poll(&fd, 1, 0) == 1)
            take(p);
    }
    size.ws_row = 37;
    size.ws_col = 77;
    assert_int_equal(ioctl(p->master, TIOCSWINSZ, &size), 0);
    p->length = 0;
    p->seen[0] = '\0';
    press(p, "\f", "\033[37;1H");
    wait_for(p, "Check");
    assert_null(strstr(p->seen, "\033[38;1H"));
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void after_a_stop_all_is_drawn_and_set_anew(void **state)
{
    struct play *p = start("tmux-256color", 2);

    (void)state;
    wait_for(p, "second");
    press(p, "j", NULL);
    kill(p->pid, SIGSTOP);
    kill(p->pid, SIGCONT);
    wait_for(p, "\033[?2004h");
    wait_for(p, "second");
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void ctrl_z_hands_the_terminal_to_the_shell(void **state)
{
    struct play *p;

    (void)state;
    elsewhere = as_a_job = true;
    p = start("tmux-256color", 2);
    elsewhere = as_a_job = false;
    wait_for(p, "second");
    press(p, "\032", "\033[?2004l");
    wait_for(p, "[1]+ Stopped");
    wait_for(p, "\033[?2004h");
    wait_for(p, "second");
    press(p, "q", "\033[?2004l");
    assert_int_equal(finish(p), ERR_OK);
}

static void where_nobody_could_go_on_with_it_it_is_not_stopped(void **state)
{
    struct play *p;

    (void)state;
    elsewhere = true;
    p = start("tmux-256color", 2);
    elsewhere = false;
    wait_for(p, "second");
    press(p, "\032", "\033[?2004h");
    press(p, "?", "Moving");
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void y_hands_a_line_to_the_terminals_clipboard(void **state)
{
    struct play *p;

    (void)state;
    unsetenv("TMUX");
    p = start("xterm-256color", 1);
    wait_for(p, "first");
    press(p, "y", "\033]52;c;Y3VybCAtc1NJ"); /* "curl -sSI" */
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
}

static void a_terminal_that_lost_the_keyboard_is_drawn_seldom(void **state)
{
    struct play *p = start("xterm-256color", 1);
    int64_t began_ns;

    (void)state;
    wait_for(p, "first");
    assert_non_null(strstr(p->seen, "\033[?1004h"));
    press(p, "\033[O", NULL);
    press(p, "?", "Moving");         /* keys are answered at once all the same */
    press(p, "q", "first");
    began_ns = clock_mono_ns();
    press(p, "", "\033[1;");          /* the clock goes on at the next frame */
    assert_in_range(clock_mono_ns() - began_ns, 0, 8 * NS_PER_S);
    press(p, "\033[I?", "Moving");
    kill(p->pid, SIGTERM);
    wait_for(p, "\033[?1004l");
    assert_int_equal(finish(p), ERR_OK);
}

/* --- the mouse ---------------------------------------------------------------------------------------------------- */

static void write_mouse_file(char path[64])
{
    FILE *f;

    snprintf(path, 64, "/tmp/loop_test.%d.cfg", (int)getpid());
    f = fopen(path, "w");
    assert_non_null(f);
    fputs("screen: { mouse = true; };\nsites = ( \"https://a.example.org/\" );\n", f);
    assert_int_equal(fclose(f), 0);
    file = path;
}

static void clicks_come_as_xterm_tells_them_whole_or_in_pieces(void **state)
{
    char path[64];
    struct play *p;

    (void)state;
    write_mouse_file(path);
    p = start("tmux-256color", 2);
    wait_for(p, "\033[?1000h\033[?1006h");
    wait_for(p, "second");
    press(p, "\033[<0;10;5M\033[<0;10;5m", ">"); /* the second row: let go is nothing */
    press(p, "\033[<0;1", NULL);
    press(p, "0;5", NULL);
    press(p, "M", "site 2 of 2");      /* again: it is opened */
    press(p, "1", "1-2 of 2");
    press(p, "\033[<4;10;5M\033[<2;10;5M\033[<35;10;5M\033[<0;0;0M\033[<0;99999;99999M\033[<0;5;2147483648M\033[<0;2147483648;5M\033[<;;M\033[<M\033[<0;?", "Moving");
    assert_null(strstr(p->seen, "site 2")); /* nor does what breaks off take a key along */
    kill(p->pid, SIGTERM);
    wait_for(p, "\033[?1006l\033[?1000l");
    assert_int_equal(finish(p), ERR_OK);
    unlink(path);
    file = NULL;
}

static void unless_asked_for_the_mouse_is_left_alone(void **state)
{
    char path[64];
    struct play *p;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {        /* no wish in the file, and -M against it */
        if (i)
            write_mouse_file(path);
        no_mouse = i;
        p = start("xterm-256color", 2);
        wait_for(p, "second");
        assert_null(strstr(p->seen, "\033[?1000h"));
        press(p, "\033[<0;10;4M\033[<0;10;4M?", "Moving"); /* and if it comes all the same, it is nothing */
        assert_null(strstr(p->seen, "site 1 of"));
        kill(p->pid, SIGTERM);
        wait_for(p, "\033[?1004l");
        assert_null(strstr(p->seen, "\033[?1000"));
        assert_int_equal(finish(p), ERR_OK);
    }
    unlink(path);
    file = NULL;
    no_mouse = false;
}

/* --- keys at random, on a file ------------------------------------------------------------------------------------ */

#define COMMENT "// whoever edits this keeps this line\n"

static const char *write_file(char path[64])
{
    FILE *f;

    snprintf(path, 64, "/tmp/loop_test.%d.cfg", (int)getpid());
    f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, COMMENT "sites = (\n    \"https://a.example.org/\",   # one\n    { name = \"b\"; url = \"https://b.example.org/\"; }\n);\n");
    assert_int_equal(fclose(f), 0);
    return path;
}

static void the_file_reads_and_keeps_its_comment(const char *path)
{
    struct settings *settings;
    struct faults faults = { 0 };
    char text[sizeof(COMMENT)] = "";
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    assert_int_equal(fread(text, 1, sizeof(COMMENT) - 1, f), sizeof(COMMENT) - 1);
    fclose(f);
    assert_string_equal(text, COMMENT);
    if (settings_read(&settings, path, &faults))
        fail_msg("%s", faults.line.n ? faults.line.item[0] : "?");
    settings_free(settings);
}

static void type_at_random(struct play *p, struct random *random)
{
    static const char *const pieces[] = {
        "j", "k", "a", "https://c.example.org/", "\r", "\033", "e", "d", "y", "u", "n", "p", "1h", " ", "*", "U", "\t", "\033[A",
        "\033[B", "\033[6~", "x", "\177", "\025", "R", "5", "3", "1", "?", "q", "\033[200~https://d.example.org/\nhttps://e.example.org\n\033[201~",
        "paused", "true", ":sort p95\r", "/b\r", "\\tag=x\r", "\f", "\032", "\033[I", "\033[O", "\033[<0;1;1M", "\033[<0;20;9M", "\033[<64;9;9M", "\033[<0;9;3M", "\033[<", ":mouse\r", "\xe6\x97\xa5", "\xff", "Z", "L", "t", "+", "-", "=", "_", "{", "}", ":tree tag\r", "m", "M", "A",
    };
    const char *piece = pieces[random_below(random, sizeof(pieces) / sizeof(pieces[0]))];

    if (strcmp(piece, "q") != 0 || !random_below(random, 4))
        assert_true(write(p->master, piece, strlen(piece)) >= 0);
    if (piece[0] == 'q')
        assert_true(write(p->master, "n", 1) >= 0);
}

static void no_keys_leave_a_file_that_does_not_read(void **state)
{
    const char *seconds = getenv("UPTIME_FUZZ_S");
    int64_t until_ns = clock_mono_ns() + (seconds ? strtol(seconds, NULL, 10) : 1) * NS_PER_S;
    struct random random = { seconds ? (uint64_t)until_ns : 7 };
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    struct pollfd fd = { .events = POLLIN };
    char path[64];
    struct play *p;

    (void)state;
    file = write_file(path);
    p = start("tmux-256color", 2);
    fd.fd = p->master;
    wait_for(p, "second");
    while (clock_mono_ns() < until_ns && poll(&(struct pollfd){ .fd = p->ended, .events = POLLIN }, 1, 0) == 0) {
        type_at_random(p, &random);
        if (!random_below(&random, 30)) {
            size.ws_row = (unsigned short)(1 + random_below(&random, 120));
            size.ws_col = (unsigned short)(1 + random_below(&random, 400));
            ioctl(p->master, TIOCSWINSZ, &size);
        }
        while (poll(&fd, 1, 1) == 1 && take(p))
            ;
    }
    kill(p->pid, SIGTERM);
    assert_int_equal(finish(p), ERR_OK);
    the_file_reads_and_keeps_its_comment(path);
    unlink(path);
    strcat(path, "~");
    unlink(path);
    file = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_terminal_is_given_back_on_the_way_out),
        cmocka_unit_test(the_grid_is_left_behind_when_asked_for),
        cmocka_unit_test(signals_end_it_or_ask),
        cmocka_unit_test(it_ends_when_the_terminal_goes_away),
        cmocka_unit_test(what_is_no_screen_is_refused_and_nothing_is_written),
        cmocka_unit_test(a_pipe_is_no_screen),
        cmocka_unit_test(a_new_outage_rings_once_and_is_in_the_title),
        cmocka_unit_test(sequences_and_alt_keys_are_no_commands),
        cmocka_unit_test(a_thousand_resizes_end_in_the_last_size),
        cmocka_unit_test(y_hands_a_line_to_the_terminals_clipboard),
        cmocka_unit_test(a_terminal_that_lost_the_keyboard_is_drawn_seldom),
        cmocka_unit_test(clicks_come_as_xterm_tells_them_whole_or_in_pieces),
        cmocka_unit_test(unless_asked_for_the_mouse_is_left_alone),
        cmocka_unit_test(no_keys_leave_a_file_that_does_not_read),
        cmocka_unit_test(after_a_stop_all_is_drawn_and_set_anew),
        cmocka_unit_test(ctrl_z_hands_the_terminal_to_the_shell),
        cmocka_unit_test(where_nobody_could_go_on_with_it_it_is_not_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
