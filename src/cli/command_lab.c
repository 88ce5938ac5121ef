/* lab: the story's two tasks, sleeping and crunching numbers, run in five ways; who ran each, how long it took, what it teaches. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "base/clock.h"
#include "cli.h"
#include "lab_ways.h"

struct lab_run {
    struct lab_task task[LAB_TASKS_MOST];
    int n;
    double took_s;
};

static void print_text(const struct lab_way *way, enum lab_kind kind, const struct lab_run *r)
{
    int i;

    printf("%s, %d times, by %s: %.2f s\n", lab_kind_name(kind), r->n, way->name, r->took_s);
    for (i = 0; i < r->n; i++)
        printf("  task %-2d  PID %-7d process %-15s thread %-15s %.2f s\n", i + 1, r->task[i].pid, r->task[i].process,
               r->task[i].thread, r->task[i].took_s);
    printf("  %s\n\n", way->lesson[kind]);
    fflush(stdout);
}

static void print_json(const struct lab_way *way, enum lab_kind kind, const struct lab_run *r)
{
    json_t *o = json_object(), *tasks = json_array();
    char *line;
    int i;

    for (i = 0; i < r->n; i++)
        json_array_append_new(tasks, json_pack("{s:i, s:s, s:s, s:f}", "pid", r->task[i].pid, "process", r->task[i].process,
                                               "thread", r->task[i].thread, "took_s", r->task[i].took_s));
    json_object_set_new(o, "work", json_string(lab_kind_name(kind)));
    json_object_set_new(o, "way", json_string(way->name));
    json_object_set_new(o, "took_s", json_real(r->took_s));
    json_object_set_new(o, "tasks", tasks);
    line = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(4));
    if (line)
        puts(line);
    free(line);
    json_decref(o);
    fflush(stdout);
}

static int run_way(const struct args *a, const struct lab_way *way, enum lab_kind kind, int tasks, bool json)
{
    struct lab_run r = { .n = tasks };
    int64_t begun_ns = clock_mono_ns();
    struct errmsg why;

    if (way->run(kind, r.task, tasks, &why) != ERR_OK)
        return complain(a, EXIT_TROUBLE, "%s", why.text);
    r.took_s = (double)(clock_mono_ns() - begun_ns) / NS_PER_S;
    (json ? print_json : print_text)(way, kind, &r);
    return EXIT_WELL;
}

static int run_all(const struct args *a, int tasks, bool json)
{
    int kind, way, code = EXIT_WELL;

    if (!json)
        printf("%d tasks on %ld core%s: sleeping for a second, then counting primes.\n\n", tasks,
               sysconf(_SC_NPROCESSORS_ONLN), sysconf(_SC_NPROCESSORS_ONLN) == 1 ? "" : "s");
    for (kind = 0; kind < LAB_KINDS; kind++)
        for (way = 0; !code && way < nlab_way; way++)
            code = run_way(a, &lab_ways[way], (enum lab_kind)kind, tasks, json);
    return code;
}

int command_lab(const struct args *a)
{
    int tasks = 4, kind = 0;
    bool json, bad;

    if (a->noperand)
        return complain(a, EXIT_USAGE, "takes no arguments");
    json = args_json(a, &bad);
    if (bad || !args_number(a, FLAG_TASKS, 1, LAB_TASKS_MOST, &tasks) ||
        !args_number(a, FLAG_ONE_TASK, 0, LAB_KINDS - 1, &kind))
        return EXIT_USAGE;
    if (a->value[FLAG_ONE_TASK])
        return lab_one_task(kind);
    return finish_output(a, run_all(a, tasks, json));
}
