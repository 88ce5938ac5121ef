/* The text of /etc/hosts: whether a name is anywhere in it. What the file says about the name, c-ares reads. The thread that
 * looks names up owns all of this. */
#include "names_hosts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"

#define PATH "/etc/hosts"
#define LOOK_NS (5 * NS_PER_S)

static struct {
    char *text;                     /* NULL: not read, or there is none */
    struct timespec written;        /* age of the text */
    int64_t looked_ns;              /* 0: never */
} hosts;

static char *read_all(size_t bytes)
{
    FILE *file = fopen(PATH, "re");
    char *text = file ? malloc(bytes + 1) : NULL;

    if (text)
        text[fread(text, 1, bytes, file)] = '\0';
    if (file)
        fclose(file);
    return text;
}

static void look_for_changes(void)
{
    int64_t now = clock_mono_ns();
    struct stat st = { 0 };

    if (hosts.looked_ns && now - hosts.looked_ns < LOOK_NS)
        return;
    hosts.looked_ns = now;
    if (stat(PATH, &st) == 0 && hosts.text && !memcmp(&st.st_mtim, &hosts.written, sizeof(st.st_mtim)))
        return;
    free(hosts.text);
    hosts.text = read_all((size_t)st.st_size);
    hosts.written = st.st_mtim;
}

bool hosts_may_know(const char *host)
{
    look_for_changes();
    return hosts.text && strcasestr(hosts.text, host);
}

void hosts_forget(void)
{
    free(hosts.text);
    hosts.text = NULL;
    hosts.looked_ns = 0;
}
