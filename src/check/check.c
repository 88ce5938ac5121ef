/* The room's doors: libcurl is set up here, once, before any thread. */
#include "check/check.h"

#include <ares.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "names.h"

enum err check_open(struct errmsg *why)
{
    CURLcode code;

    signal(SIGPIPE, SIG_IGN);
    setenv("RES_OPTIONS", "timeout:2 attempts:2", 0); /* a thread of an abandoned look-up ends soon; resolver(3) */
    code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        return err_set(why, ERR_UNAVAILABLE, "cannot set up libcurl: %s", curl_easy_strerror(code));
    return names_open(getenv("UPTIMESQUIRREL_NAME_SERVERS"), why);
}

void check_close(void)
{
    names_close();
    curl_global_cleanup();
}

const char *check_libraries(void)
{
    static char text[96];
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

    snprintf(text, sizeof(text), "libcurl %s, %s; c-ares %s", v->version, v->ssl_version ? v->ssl_version : "no TLS",
             ares_version(NULL));
    return text;
}
