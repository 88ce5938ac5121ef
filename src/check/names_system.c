/* Names that the C library looks up, where nsswitch.conf(5) asks for more than files and dns: getaddrinfo(3), which can not be
 * interrupted, on a few threads. */
#include "names_inside.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/executor.h"

#define THREADS 8

static struct executor *threads;    /* NULL: none */

static enum outcome outcome_of_system(int code)
{
    switch (code) {
    case 0:
        return OUTCOME_OK;
    case EAI_NONAME:
    case EAI_NODATA:
        return OUTCOME_DNS;
    case EAI_MEMORY:
        return OUTCOME_LOCAL_MEMORY;
    case EAI_SYSTEM:
        return errno == EMFILE || errno == ENFILE ? OUTCOME_LOCAL_FILES : OUTCOME_DNS_FAILED;
    default:
        return OUTCOME_DNS_FAILED;
    }
}

static void *ask_system(void *context)
{
    struct name *n = context;
    struct addrinfo hints = { .ai_family = names_family(n), .ai_socktype = SOCK_STREAM }, *list = NULL, *at;
    struct name_answer a = { .outcome = outcome_of_system(getaddrinfo(n->host, NULL, &hints, &list)) };

    for (at = list; at; at = at->ai_next)
        names_add_address(&a, at->ai_addr);
    if (list)
        freeaddrinfo(list);
    if (a.outcome == OUTCOME_OK && !a.n)
        a.outcome = OUTCOME_DNS;
    names_answer(n, &a, a.outcome == OUTCOME_OK ? KEEP_LOCAL_NS : KEEP_BAD_NS);
    return NULL;
}

/* nsswitch.conf(5): what its hosts line asks for beside files and dns. nss-mdns in its minimal form answers for names under
 * .local (RFC 6762) and for no other; words in brackets say what follows from an answer. */
enum system_use names_system_use(void)
{
    static const char *const local[] = { "mdns_minimal", "mdns4_minimal", "mdns6_minimal" };
    FILE *file = fopen("/etc/nsswitch.conf", "re");
    enum system_use use = SYSTEM_NEVER;
    char line[512], *word, *save = NULL;

    while (file && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "#\n")] = '\0';
        word = strtok_r(line, " \t", &save);
        if (!word || strcasecmp(word, "hosts:") != 0)
            continue;
        while ((word = strtok_r(NULL, " \t", &save))) {
            if (*word == '[' || !strcasecmp(word, "files") || !strcasecmp(word, "dns"))
                continue;
            if (strcmp(word, local[0]) != 0 && strcmp(word, local[1]) != 0 && strcmp(word, local[2]) != 0)
                use = SYSTEM_ALWAYS;
            else if (use == SYSTEM_NEVER)
                use = SYSTEM_LOCAL;
        }
    }
    if (file)
        fclose(file);
    return use;
}

enum err names_system_open(struct errmsg *why)
{
    threads = executor_new(THREADS);
    return threads ? ERR_OK : err_set(why, ERR_NOMEM, "cannot set up the look-up of names: out of memory");
}

void names_system_ask(struct name *n)
{
    if (executor_submit(threads, ask_system, n, NULL, NULL, NULL) != ERR_OK)
        ask_system(n); /* no thread to be had: rather slowly than never */
}

void names_system_close(void)
{
    executor_close(threads);
    threads = NULL;
}
