/* What the programs of the benchmark share: reading the list, and what they used. */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

char **bench_urls(size_t *n)
{
    char **url = NULL, *line = NULL;
    size_t size = 0;
    ssize_t length;

    *n = 0;
    while ((length = getline(&line, &size, stdin)) > 1) {
        line[length - 1] = '\0';
        url = realloc(url, (*n + 1) * sizeof(*url));
        url[(*n)++] = strdup(line);
    }
    free(line);
    return url;
}

void bench_raise_files(void)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* f of each number in the file, added up. */
static double sum_of_numbers(const char *path, double (*f)(long number))
{
    FILE *file = fopen(path, "r");
    double sum = 0;
    long number;

    while (file && fscanf(file, "%ld", &number) == 1)
        sum += f(number);
    if (file)
        fclose(file);
    return sum;
}

static double of_children(double (*f)(long pid))
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    double sum = 0;
    char path[300];

    while (tasks && (task = readdir(tasks))) {
        snprintf(path, sizeof(path), "/proc/self/task/%.200s/children", task->d_name);
        if (task->d_name[0] != '.')
            sum += sum_of_numbers(path, f);
    }
    if (tasks)
        closedir(tasks);
    return sum;
}

/* Of all threads of a process, exact to the nanosecond (proc(5) counts in ticks elsewhere). */
static double cpu_of(long pid)
{
    char path[600];
    struct dirent *task;
    double sum = 0;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%ld/task", pid);
    tasks = opendir(path);
    while (tasks && (task = readdir(tasks))) {
        unsigned long long ns = 0;
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%ld/task/%.200s/schedstat", pid, task->d_name);
        file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file && fscanf(file, "%llu", &ns) == 1)
            sum += (double)ns / 1e9;
        if (file)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return sum;
}

/* A line of proc(5)'s status; 0: there is none. */
static double status_kb(long pid, const char *key)
{
    char path[64], line[256];
    double kb = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/status", pid);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, key, strlen(key)))
            kb = strtod(line + strlen(key), NULL);
    if (file)
        fclose(file);
    return kb;
}

static double peak_kb_of(long pid)
{
    return status_kb(pid, "VmHWM:");
}

double bench_rss_kb(void)
{
    return status_kb(getpid(), "VmRSS:");
}

static double cpu_s(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6 +
           of_children(cpu_of);
}

void bench_begin(struct bench_meter *m)
{
    *m = (struct bench_meter){ .wall_s = bench_now(), .cpu_s = cpu_s() };
}

void bench_report(const struct bench_meter *m, size_t checks, size_t good, const char *more)
{
    printf("{\"checks\":%zu,\"good\":%zu,\"wall_s\":%.6f,\"cpu_s\":%.6f,\"peak_kb\":%.0f%s}\n", checks, good,
           bench_now() - m->wall_s, cpu_s() - m->cpu_s, peak_kb_of(getpid()) + of_children(peak_kb_of), more);
    fflush(stdout);
}
