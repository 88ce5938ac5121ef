/* Descriptors: raised to what is allowed, and shared out with a reserve. Called before an engine is opened. */
#include "monitor/limits.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_A_WORKER 6   /* epoll, wake-up, libcurl's own pair, slack */
#define FILES_A_LOOKUP 3   /* a pair to its thread, a socket to the name server */
#define LOOKUPS 64

static size_t allowed_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = { limit.rlim_max, limit.rlim_max };

        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    return limit.rlim_cur > 10000000 ? 10000000 : (size_t)limit.rlim_cur;
}

static size_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    if (!dir)
        return 16;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 3; /* ".", ".." and the directory itself */
}

static size_t files_for(size_t slots)
{
    return 2 * slots + FILES_A_LOOKUP * (slots < LOOKUPS ? slots : LOOKUPS); /* two addresses may be tried at a time */
}

size_t limits_slots(size_t wanted, int workers)
{
    size_t allowed = allowed_files(), reserve = allowed / 4 < 64 ? allowed / 4 : 64;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t taken = open_files() + FILES_A_WORKER * (size_t)(workers ? workers : cores > 0 ? cores : 1) + reserve;

    while (wanted > 1 && files_for(wanted) + taken > allowed)
        wanted -= 1 + wanted / 64;
    return wanted;
}

void limits_usage(uint32_t *descriptors, uint32_t *most, uint64_t *memory_bytes)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long long pages;
    struct rlimit limit;

    *descriptors = (uint32_t)open_files();
    *most = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < UINT32_MAX ? (uint32_t)limit.rlim_cur : 0;
    *memory_bytes = f && fscanf(f, "%*u %llu", &pages) == 1 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
    if (f)
        fclose(f);
}
