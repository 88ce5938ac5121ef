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

/* "DIRECTORY/uptimesquirrel": what a unit of the user's own has for a runtime directory. */
static bool in_users_service(struct sockaddr_un *place, uint64_t number)
{
    const char *directory = getenv("XDG_RUNTIME_DIR");
    char path[sizeof(place->sun_path)];
    int n = directory ? snprintf(path, sizeof(path), "%s/uptimesquirrel", directory) : -1;

    return n > 0 && (size_t)n < sizeof(path) && make(place, path, n, number);
}

static bool in_runtime_of_user(struct sockaddr_un *place, uint64_t number)
{
    char own[32];

    snprintf(own, sizeof(own), "/run/user/%u", (unsigned)getuid());
    return make(place, own, (int)strlen(own), number);
}

/* RuntimeDirectory= of our unit, which a person's shell does not have. */
static bool in_runtime_of_service(struct sockaddr_un *place, uint64_t number)
{
    static const char service[] = "/run/uptimesquirrel";

    return make(place, service, (int)strlen(service), number);
}

static const struct {
    bool (*find)(struct sockaddr_un *place, uint64_t number); /* NULL: beside the database */
    bool by_database;                /* under its number, not that of the settings */
} looks[] = {
    { in_runtime_directory, false }, { in_users_directory, false }, { in_users_directory, true }, { in_runtime_of_user, false },
    { NULL, false },                 { NULL, true },                { in_users_service, false },  { in_runtime_of_service, false },
};
#define LOOKS (sizeof(looks) / sizeof(looks[0]))
_Static_assert(LOOKS <= PLACES_MOST, "each place to look has room");

size_t places_to_look(struct sockaddr_un place[PLACES_MOST], const char *config_path, const char *database)
{
    uint64_t by_settings = hash_of_file(config_path), by_database = hash_of_file(database);
    size_t n = 0, i;

    for (i = 0; i < LOOKS; i++) {
        uint64_t number = looks[i].by_database ? by_database : by_settings;

        n += looks[i].find ? looks[i].find(&place[n], number) : beside_database(&place[n], database, number);
    }
    return n;
}

bool place_to_open(struct sockaddr_un *place, struct sockaddr_un *other, const char *config_path, const char *database)
{
    uint64_t by_settings = hash_of_file(config_path), by_database = hash_of_file(database);

    other->sun_path[0] = '\0';
    if (in_runtime_directory(place, by_settings))
        return true;
    if (in_users_directory(place, by_database) && access(getenv("XDG_RUNTIME_DIR"), W_OK) == 0)
        return in_users_directory(other, by_settings);
    return beside_database(place, database, by_database) && beside_database(other, database, by_settings);
}

void place_of_settings(char *text, size_t size, const char *config_path)
{
    char *path = config_path ? realpath(config_path, NULL) : NULL;

    if (snprintf(text, size, "%s", path ? path : "") >= (int)size)
        *text = '\0';
    free(path);
}
