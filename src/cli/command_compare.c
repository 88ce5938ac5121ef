/* compare: the same pass through each engine, retries off, each pass in a process of its own; then what it cost, side by side,
 * and whether they found the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "again.h"
#include "args.h"
#include "chosen.h"
#include "comparison.h"
#include "engine/engine.h"
#include "one_pass.h"

#define ENGINES_MOST 16

struct compare {
    const struct args *args;
    struct chosen chosen;
    const struct engine_ops *engine[ENGINES_MOST];
    size_t nengine;
    int rounds, workers;
    struct strbuf urls;              /* the sites given by URL, a line each, for the children; empty: they read the file */
    struct comparison comparison;
};

/* --- what is asked for -------------------------------------------------------------------------------------------- */

static int take_engine(struct compare *c, const char *word, size_t length)
{
    char name[24];
    size_t i;

    snprintf(name, sizeof(name), "%.*s", (int)length, word);
    if (length >= sizeof(name) || !engine_find(name))
        return complain_engine(c->args, FLAG_ENGINES, name);
    for (i = 0; i < c->nengine; i++)
        if (c->engine[i] == engine_find(name))
            return complain(c->args, EXIT_USAGE, "--engines: '%s' is there twice", name);
    c->engine[c->nengine++] = engine_find(name);
    return EXIT_WELL;
}

static int take_engines(struct compare *c)
{
    const char *at = c->args->value[FLAG_ENGINES];
    const struct engine_ops *const *table;
    int code = EXIT_WELL;

    if (!at) {
        table = engine_table(&c->nengine);
        memcpy(c->engine, table, c->nengine * sizeof(table[0]));
        return code;
    }
    while (!code) {
        size_t length = strcspn(at, ",");

        code = take_engine(c, at, length);
        at += length;
        if (!*at++)
            break;
    }
    return code;
}

static int take_flags(struct compare *c)
{
    bool bad;

    c->rounds = 3;
    c->comparison.json = args_json(c->args, &bad);
    if (bad || !args_number(c->args, FLAG_ROUNDS, 1, 100, &c->rounds) ||
        !args_number(c->args, FLAG_WORKERS, 1, 1024, &c->workers))
        return EXIT_USAGE;
    return take_engines(c);
}

/* The children get the URLs as lines: they name the sites as we do, because they begin from the same settings. */
static void keep_urls(struct compare *c)
{
    size_t i;

    for (i = 0; c->args->noperand && i < c->chosen.n; i++) {
        strbuf_adds(&c->urls, c->chosen.site[i]->url);
        strbuf_addc(&c->urls, '\n');
    }
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static enum err run_engine(struct compare *c, const char *engine, struct one_pass *out, struct errmsg *why)
{
    char workers[16], *argv[12] = { "uptimesquirrel", "compare", "--one-pass", (char *)(uintptr_t)engine };
    struct again again;
    int n = 4;
    enum err err;

    snprintf(workers, sizeof(workers), "%d", c->workers);
    if (c->workers) {
        argv[n++] = "--workers";
        argv[n++] = workers;
    }
    if (c->args->value[FLAG_CONFIG]) {
        argv[n++] = "--config";
        argv[n++] = (char *)(uintptr_t)c->args->value[FLAG_CONFIG];
    }
    if (c->args->noperand)
        argv[n++] = "-";
    err = run_again(&again, argv, c->args->noperand ? c->urls.text : NULL, c->urls.length, why);
    if (!err && one_pass_read(out, again.output.text, c->chosen.n) != ERR_OK)
        err = err_set(why, ERR_CLOSED, "the pass by '%s' broke off (exit code %d)", engine, again.exit_code);
    strbuf_release(&again.output);
    return err;
}

static void show_progress(const struct compare *c, const char *engine, int round)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (!engine)
        fprintf(stderr, "\r\033[K");
    else if (!round)
        fprintf(stderr, "\r\033[Kwarming up with %s ", engine);
    else
        fprintf(stderr, "\r\033[Kround %d of %d: %s ", round, c->rounds, engine);
}

/* Name servers and sites are asked once before anything is counted. */
static void warm_up(struct compare *c)
{
    struct one_pass p;

    show_progress(c, "events", 0);
    if (run_engine(c, "events", &p, NULL) == ERR_OK)
        one_pass_release(&p);
}

static int run_rounds(struct compare *c)
{
    struct errmsg why;
    size_t i;
    int round;

    warm_up(c);
    for (round = 0; round < c->rounds; round++)
        for (i = 0; i < c->nengine; i++) {
            size_t turn = (i + (size_t)round) % c->nengine; /* each goes first once */
            struct one_pass p;

            if (comparison_gave_up(&c->comparison, turn))
                continue;
            show_progress(c, c->engine[turn]->name, round + 1);
            if (run_engine(c, c->engine[turn]->name, &p, &why) != ERR_OK) {
                show_progress(c, NULL, 0);
                return complain(c->args, EXIT_TROUBLE, "%s", why.text);
            }
            comparison_take(&c->comparison, turn, &p);
        }
    show_progress(c, NULL, 0);
    return EXIT_WELL;
}

static int run(struct compare *c)
{
    int code;

    c->comparison.engine = c->engine;
    c->comparison.site = c->chosen.site;
    c->comparison.nsite = c->chosen.n;
    c->comparison.ascii = c->args->value[FLAG_ASCII] || !speaks_utf8();
    if (comparison_open(&c->comparison, c->nengine, c->rounds) != ERR_OK)
        return complain(c->args, EXIT_TROUBLE, "out of memory");
    code = run_rounds(c);
    if (!code)
        code = comparison_print(&c->comparison) ? EXIT_WELL : EXIT_TROUBLE;
    comparison_close(&c->comparison);
    return code;
}

int command_compare(const struct args *a)
{
    struct compare c = { .args = a, .urls = STRBUF_INIT };
    int code = take_flags(&c);

    if (!code)
        code = choose_sites(a, &c.chosen);
    if (!code && a->value[FLAG_ONE_PASS] && !engine_find(a->value[FLAG_ONE_PASS]))
        code = complain(a, EXIT_USAGE, "--one-pass: there is no such engine");
    if (!code && a->value[FLAG_ONE_PASS]) {
        code = one_pass_run(a, &c.chosen, a->value[FLAG_ONE_PASS], c.workers);
    } else if (!code) {
        keep_urls(&c);
        code = run(&c);
    }
    strbuf_release(&c.urls);
    chosen_release(&c.chosen);
    return finish_output(a, code);
}
