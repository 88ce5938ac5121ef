/* add: sites into the file, spliced in so that every other byte stays. A file that is named and not there is made. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "base/text.h"
#include "config/edit.h"
#include "lines.h"

/* Flags that are settings of a site. */
static const struct { enum flag flag; const char *key; } settings_flags[] = {
    { FLAG_NAME, "name" }, { FLAG_OWNER, "owner" }, { FLAG_INTERVAL, "interval" },
};

static int add_all(const struct args *a, const char *path, const struct strings *urls)
{
    struct edit_value value[sizeof(settings_flags) / sizeof(settings_flags[0])];
    struct edit *e = NULL;
    struct errmsg why;
    size_t n = 0, i;
    enum err err;

    for (i = 0; i < sizeof(settings_flags) / sizeof(settings_flags[0]); i++)
        if (a->value[settings_flags[i].flag])
            value[n++] = (struct edit_value){ settings_flags[i].key, a->value[settings_flags[i].flag] };
    err = edit_open(&e, path, &why);
    if (!err)
        err = edit_add_all(e, (const char *const *)urls->item, urls->n, value, n, &why);
    if (!err)
        err = edit_save(e, &why);
    edit_free(e);
    return err ? complain(a, err == ERR_INVALID ? EXIT_USAGE : EXIT_TROUBLE, "%s", why.text) : EXIT_WELL;
}

/* --- what is new -------------------------------------------------------------------------------------------------- */

/* Moves to *fresh, as they were typed, those of urls that stand in site[0..n), which has them in the same order and in
 * normal form; the others are known, and said to be. */
static int keep_new(const struct args *a, const struct settings *s, const struct strings *urls,
                    const struct site *const *site, size_t n, struct strings *fresh)
{
    size_t i, next = 0;

    for (i = 0; i < urls->n; i++) {
        struct errmsg why;
        char *normal = NULL, shown[512];
        bool is_new;

        if (url_normalize(&normal, urls->item[i], &why) != ERR_OK)
            return complain(a, EXIT_TROUBLE, "%s", why.text); /* they were good a moment ago: out of memory */
        is_new = next < n && !strcmp(site[next]->url, normal);
        free(normal);
        if (is_new && strings_add(fresh, urls->item[i]) != ERR_OK)
            return complain(a, EXIT_TROUBLE, "out of memory");
        next += is_new;
        text_mask_url(shown, sizeof(shown), urls->item[i]);
        if (!is_new)
            complain(a, EXIT_WELL, "%s is in %s already", shown, s->path);
    }
    return EXIT_WELL;
}

/* All bad URLs are told, and those known already left out: but under another name a URL may come again. */
static int choose_new(const struct args *a, const struct settings *s, const struct strings *urls, struct strings *fresh)
{
    const struct site **site = NULL;
    struct faults faults = { 0 };
    size_t n = 0, i;
    int code = EXIT_WELL;

    if (settings_url_sites(&site, &n, s, (const char *const *)urls->item, urls->n, &faults))
        code = complain_faults(a, &faults);
    else if (a->value[FLAG_NAME])
        code = strings_add(fresh, urls->item[0]) ? complain(a, EXIT_TROUBLE, "out of memory") : EXIT_WELL;
    else
        code = keep_new(a, s, urls, site, n, fresh);
    for (i = 0; i < n; i++)
        site_unref(site[i]);
    free(site);
    faults_release(&faults);
    return code;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static bool hold_a_password(const struct strings *urls)
{
    char shown[8192];
    size_t i;

    for (i = 0; i < urls->n; i++) {
        text_mask_url(shown, sizeof(shown), urls->item[i]);
        if (strcmp(shown, urls->item[i]) != 0)
            return true;
    }
    return false;
}

/* Others may read what is secret now: said, since who is to read the file is not for us to decide. */
static void warn_of_readers(const struct args *a, const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0 && st.st_mode & (S_IRGRP | S_IROTH))
        complain(a, EXIT_WELL, "note: there is a password in %s now, and others may read it: chmod 600, or 'user' and 'password_file'", path);
}

/* True when a file was named that was not there, and now is, without a site. */
static bool make_file(const char *path, bool secret)
{
    static const char nothing[] = "sites = (\n);\n";
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644) : -1;
    ssize_t n;

    if (fd < 0)
        return false; /* whoever reads it next says what is wrong */
    n = write(fd, nothing, sizeof(nothing) - 1);
    close(fd);
    return n > 0;
}

static int add(const struct args *a, const struct strings *urls)
{
    bool secret = hold_a_password(urls), made = make_file(a->value[FLAG_CONFIG], secret);
    struct strings fresh = { 0 };
    struct settings *s = NULL;
    int code = load_settings(a, true, &s);
    size_t i;

    if (!code)
        code = choose_new(a, s, urls, &fresh);
    if (!code && fresh.n)
        code = add_all(a, s->path, &fresh);
    for (i = 0; !code && i < fresh.n; i++) {
        char url[512];

        text_mask_url(url, sizeof(url), fresh.item[i]);
        say("added %s to %s%s", url, s->path, made ? ", which is new" : "");
    }
    if (!code && fresh.n && secret)
        warn_of_readers(a, s->path);
    if (code && made)
        unlink(a->value[FLAG_CONFIG]);
    strings_release(&fresh);
    settings_free(s);
    return code;
}

int command_add(const struct args *a)
{
    struct strings urls;
    int code = read_urls(a, &urls);

    if (!code && !urls.n)
        code = complain(a, EXIT_USAGE, "which URL? uptimesquirrel add https://example.org");
    if (!code && urls.n > 1 && a->value[FLAG_NAME])
        code = complain(a, EXIT_USAGE, "--name goes with one URL, not with %zu", urls.n);
    if (!code)
        code = add(a, &urls);
    strings_release(&urls);
    return finish_output(a, code);
}
