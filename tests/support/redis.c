/* A real Redis on a socket in a private directory. */
#include "support/redis.h"
#include "support/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000

extern char **environ;

struct redis_server {
    char directory[64], path[96], url[112];
    pid_t pid;
};

static void give_up(const char *what)
{
    fprintf(stderr, "redis: %s: %s\n", what, strerror(errno));
    abort();
}

static int connect_to(const struct redis_server *r)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", r->path);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

void redis_revive(struct redis_server *r)
{
    char *const argv[] = { "redis-server", "--port", "0", "--unixsocket", r->path, "--save", "", "--dir", r->directory,
                           "--loglevel", "warning", NULL };
    posix_spawn_file_actions_t actions;
    int waited, fd, number;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    number = posix_spawnp(&r->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (number) {
        errno = number;
        give_up("cannot start redis-server");
    }
    for (waited = 0; (fd = connect_to(r)) < 0; waited++) {
        if (waited == PATIENCE_MS || waitpid(r->pid, NULL, WNOHANG) == r->pid)
            give_up("redis-server does not answer");
        poll(NULL, 0, 1);
    }
    close(fd);
}

struct redis_server *redis_start(void)
{
    struct redis_server *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    if (!temporary_make(r->directory, sizeof(r->directory), "redis"))
        give_up("cannot make a directory");
    snprintf(r->path, sizeof(r->path), "%s/redis.sock", r->directory);
    snprintf(r->url, sizeof(r->url), "unix://%s", r->path);
    redis_revive(r);
    return r;
}

void redis_kill(struct redis_server *r)
{
    if (!r->pid)
        return;
    kill(r->pid, SIGKILL);
    waitpid(r->pid, NULL, 0);
    r->pid = 0;
    unlink(r->path);
}

void redis_stop(struct redis_server *r)
{
    if (!r)
        return;
    redis_kill(r);
    temporary_remove(r->directory);
    free(r);
}

void redis_freeze(struct redis_server *r, bool frozen)
{
    kill(r->pid, frozen ? SIGSTOP : SIGCONT);
}

const char *redis_url(const struct redis_server *r)
{
    return r->url;
}

char *redis_ask(const struct redis_server *r, const char *command)
{
    struct pollfd polls = { .fd = connect_to(r), .events = POLLIN };
    char *reply = calloc(1, 65536);
    size_t used = 0;
    ssize_t n;

    if (polls.fd < 0 || !reply)
        give_up("cannot connect");
    if (dprintf(polls.fd, "%s\r\nQUIT\r\n", command) < 0)
        give_up("cannot ask");
    while (poll(&polls, 1, PATIENCE_MS) == 1 && (n = read(polls.fd, reply + used, 65535 - used)) > 0)
        used += (size_t)n;
    close(polls.fd);
    return reply;
}
