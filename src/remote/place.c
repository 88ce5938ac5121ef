/* Where the door of a monitor is. No state; any thread. */
#include "place.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    while (*text)
        h = (h ^ (unsigned char)*text++) * UINT64_C(1099511628211);
    return h;
}

/* One file, however its directory is named; it need not be there yet. */
static uint64_t hash_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    char *real = directory ? realpath(directory, NULL) : NULL;
    uint64_t h = hash(real ? real : path) * 31 + (real ? hash(slash + 1) : 0);

    free(directory);
    free(real);
    return h;
}

static bool make(struct sockaddr_un *place, const char *directory, int length, uint64_t number)
{
    int n;

    memset(place, 0, sizeof(*place));
    place->sun_family = AF_UNIX;
    n = snprintf(place->sun_path, sizeof(place->sun_path), "%.*s/uptimesquirrel-%016llx.sock", length, directory,
                 (unsigned long long)number);
    return *directory == '/' && n > 0 && (size_t)n < sizeof(place->sun_path);
}

/* The first of a service's directories. */
static bool in_runtime_directory(struct sockaddr_un *place, uint64_t number)
{
    const char *directory = getenv("RUNTIME_DIRECTORY");

    return directory && make(place, directory, (int)strcspn(directory, ":"), number);
}

static bool in_users_directory(struct sockaddr_un *place, uint64_t number)
{
    const char *directory = getenv("XDG_RUNTIME_DIR");

    return directory && make(place, directory, (int)strlen(directory), number);
}

static bool beside_database(struct sockaddr_un *place, const char *database, uint64_t number)
{
    const char *slash = strrchr(database, '/');

    return slash && make(place, database, (int)(slash - database), number);
}

size_t places_to_look(struct sockaddr_un place[PLACES_MOST], const char *config_path, const char *database)
{
    static const char service[] = "/run/uptimesquirrel"; /* RuntimeDirectory= of our unit, which a person's shell does not have */
    uint64_t number = hash_of_file(database);
    char own[32];
    size_t n = 0;

    n += in_runtime_directory(&place[n], hash_of_file(config_path));
    n += in_users_directory(&place[n], number);
    snprintf(own, sizeof(own), "/run/user/%u", (unsigned)getuid());
    n += make(&place[n], own, (int)strlen(own), number);
    n += beside_database(&place[n], database, number);
    n += make(&place[n], service, (int)strlen(service), hash_of_file(config_path));
    return n;
}

bool place_to_open(struct sockaddr_un *place, const char *config_path, const char *database)
{
    uint64_t number = hash_of_file(database);

    if (in_runtime_directory(place, hash_of_file(config_path)))
        return true;
    if (in_users_directory(place, number) && access(getenv("XDG_RUNTIME_DIR"), W_OK) == 0)
        return true;
    return beside_database(place, database, number);
}
