/* The fault server as a program of its own: for whole-program tests, benchmarks and people. Serves the paths of
 * support/server.h until SIGTERM, SIGINT, or the end of standard input.
 *
 *     fault_server [--address A] [--ports N] [--busy] [--uncounted] [--port-file FILE]
 *                  [--tls good|expired|...] [--days N] [--ca-file OUT] [--greet NAME]
 *
 * Prints the number of each port, a line each, once it listens; then the lines of standard input are orders: "refuse",
 * "serve". */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "support/server.h"
#include "support/tls.h"

/* What --greet knows: trouble before a request was read, or before TLS was set up. */
static const struct greeting {
    const char *name;
    const struct step *steps;
} greetings[] = {
#define GREETING(name, ...) { name, (const struct step[]){ __VA_ARGS__, { .kind = STEP_END } } }
    GREETING("hang", HANG),
    GREETING("close", CUT),
    GREETING("reset", RESET),
    GREETING("banner", SEND("220 smtp.example.org ESMTP ready\r\n"), HANG),
    GREETING("read-hang", READ, HANG),
    GREETING("read-close", READ, CUT),
    GREETING("read-reset", READ, RESET),
    GREETING("read-plain", READ, ANSWER(400, NULL, "plain HTTP spoken here\n")),
};
#define NGREETING (sizeof(greetings) / sizeof(greetings[0]))

static int usage(const char *cause, const char *word)
{
    fprintf(stderr, "fault_server: %s '%s'\n", cause, word);
    return 2;
}

static int copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    char bytes[8192];
    size_t n = in ? fread(bytes, 1, sizeof(bytes), in) : 0;
    int failed = !in || !out || fwrite(bytes, 1, n, out) != n;

    if (in)
        fclose(in);
    if (out)
        failed |= fclose(out);
    return failed;
}

/* Written beside and renamed: who sees the file sees all of it. */
static int write_ports(const struct server *s, int n, const char *path)
{
    char beside[4096];
    FILE *file;
    int i;

    snprintf(beside, sizeof(beside), "%s.new", path);
    file = fopen(beside, "w");
    if (!file)
        return -1;
    for (i = 0; i < n; i++)
        fprintf(file, "%d\n", server_port_at(s, i));
    return fclose(file) ? -1 : rename(beside, path);
}

static void obey(struct server *s, const char *order)
{
    if (!strcmp(order, "refuse") || !strcmp(order, "serve"))
        server_refuse(s, *order == 'r');
    else
        fprintf(stderr, "fault_server: '%s' is no order\n", order);
    printf("%s\n", order);
    fflush(stdout);
}

/* Until a signal comes or standard input ends. */
static void serve_until_told(struct server *s, int signals)
{
    struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
    char line[256];
    size_t used = 0;

    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[0].revents)
            return;
        if (fds[1].revents) {
            ssize_t n = read(STDIN_FILENO, line + used, sizeof(line) - 1 - used);
            char *end;

            if (n <= 0)
                return;
            used += (size_t)n;
            line[used] = '\0';
            while ((end = strchr(line, '\n'))) {
                *end = '\0';
                obey(s, line);
                used -= (size_t)(end + 1 - line);
                memmove(line, end + 1, used + 1);
            }
            if (used == sizeof(line) - 1)
                used = 0;
        }
    }
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        { "address", 1, NULL, 'a' }, { "ports", 1, NULL, 'n' },   { "busy", 0, NULL, 'b' },    { "uncounted", 0, NULL, 'u' },
        { "port-file", 1, NULL, 'p' }, { "tls", 1, NULL, 't' }, { "days", 1, NULL, 'd' },    { "ca-file", 1, NULL, 'c' },
        { "greet", 1, NULL, 'g' },   { NULL, 0, NULL, 0 },
    };
    struct server_options options = { .ports = 1 };
    const char *port_file = NULL, *ca_file = NULL;
    const struct greeting *greeting = NULL;
    struct tls_authority *authority = NULL;
    struct tls_identity *identity = NULL;
    struct server *server;
    struct rlimit files;
    int kind = -1, days = 60, c, i, signals, status = 0;
    sigset_t set;

    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        switch (c) {
        case 'a':
            options.address = optarg;
            break;
        case 'n':
            options.ports = (int)strtol(optarg, NULL, 10);
            break;
        case 'b':
            options.busy = true;
            break;
        case 'u':
            options.uncounted = true;
            break;
        case 'p':
            port_file = optarg;
            break;
        case 't':
            kind = tls_kind_parse(optarg);
            if (kind < 0)
                return usage("no such certificate:", optarg);
            break;
        case 'd':
            days = (int)strtol(optarg, NULL, 10);
            break;
        case 'c':
            ca_file = optarg;
            break;
        case 'g':
            for (i = 0; i < (int)NGREETING; i++)
                if (!strcmp(optarg, greetings[i].name))
                    greeting = &greetings[i];
            if (!greeting)
                return usage("no such greeting:", optarg);
            break;
        default:
            return 2;
        }
    }
    if (optind < argc)
        return usage("unexpected word", argv[optind]);
    if (options.ports < 1 || options.ports > 20000)
        return usage("no number of ports:", "--ports");

    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_CLOEXEC);

    if (kind >= 0) {
        authority = tls_authority_new();
        identity = tls_identity_new(authority, (enum tls_kind)kind, days);
        options.tls = identity;
        if (ca_file && copy_file(tls_authority_file(authority), ca_file)) {
            perror(ca_file);
            status = 3;
        }
    }
    server = status ? NULL : server_start(&options);
    if (server && greeting)
        server_greet_steps(server, greeting->steps);
    if (server && port_file && write_ports(server, options.ports, port_file)) {
        perror(port_file);
        status = 3;
    }
    if (server && !status) {
        for (i = 0; i < options.ports; i++)
            printf("%d\n", server_port_at(server, i));
        fflush(stdout);
        serve_until_told(server, signals);
    }
    status = server ? status : 3;
    server_stop(server);
    tls_identity_free(identity);
    tls_authority_free(authority);
    return status;
}
