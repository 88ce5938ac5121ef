/* What every test of the finished program begins with. */
#include "whole.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "place.h"
#include "process.h"
#include "support/dns.h"
#include "terminal.h"

struct server *web;

void whole_set_up(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        abort();
    if (getenv("UPTIME_TEST"))
        cmocka_set_test_filter(getenv("UPTIME_TEST"));
    dns_for_checks();
}

int whole_begin(void **state)
{
    (void)state;
    place_open();
    web = server_start(NULL);
    return web ? 0 : -1;
}

int whole_end(void **state)
{
    (void)state;
    terminal_close_all();
    process_release_all();
    server_stop(web);
    place_close();
    return 0;
}

const char *url(const char *path)
{
    static char urls[16][SERVER_URL_SIZE];
    static unsigned next;

    return server_url(web, path, urls[next++ % 16]);
}

void whole_says(const char *text, const char *piece, bool wanted, const char *file, int line)
{
    if ((strstr(text, piece) != NULL) == wanted)
        return;
    print_error("'%s' is %s:\n%s\n", piece, wanted ? "missing in" : "in", text);
    _fail(file, line);
}

static bool is_dangerous(wchar_t c)
{
    return (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

void whole_safe(const char *text, const char *file, int line)
{
    size_t length = strlen(text);
    const char *at = text;
    mbstate_t state = { 0 };

    while (at < text + length) {
        wchar_t c = 0;
        size_t n = mbrtowc(&c, at, (size_t)(text + length - at), &state);

        if (n > 4 || is_dangerous(c)) { /* (size_t)-1 and -2: no character */
            print_error("byte %zu (0x%02x) is not safe:\n%s\n", (size_t)(at - text), (unsigned char)*at, text);
            _fail(file, line);
        }
        at += n;
    }
}

unsigned count_lines(const char *text)
{
    unsigned n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

long whole_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void whole_pause(void)
{
    struct timespec t = { 0, 20 * 1000000 };

    nanosleep(&t, NULL);
}

bool whole_wait(bool (*ready)(void *context), void *context)
{
    long until_ms = whole_now_ms() + SERVER_PATIENCE_S * 1000L;

    while (!ready(context)) {
        if (whole_now_ms() > until_ms)
            return false;
        whole_pause();
    }
    return true;
}
