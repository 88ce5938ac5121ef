/* Certificate dates as libcurl's CERTINFO gives them, whose form differs between TLS libraries. Any thread. */
#include "certificate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "model/result.h"

static bool month_number(const char *name, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int i;

    for (i = 0; i < 12; i++)
        if (!strncasecmp(name, names + i * 3, 3)) {
            *month = i;
            return true;
        }
    return false;
}

int64_t certificate_parse_date(const char *text)
{
    struct tm tm = { 0 };
    char month[4];
    int year;

    if (sscanf(text, "%3s %d %d:%d:%d %d", month, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &year) == 6 &&
        month_number(month, &tm.tm_mon)) {
        tm.tm_year = year - 1900;
    } else if (sscanf(text, "%d-%d-%d %d:%d:%d", &year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
                      &tm.tm_sec) == 6) {
        tm.tm_year = year - 1900;
        tm.tm_mon--;
    } else
        return CERTIFICATE_UNKNOWN;
    return (int64_t)timegm(&tm);
}

int64_t certificate_until(CURL *easy)
{
    static const char label[] = "expire date:";
    struct curl_certinfo *info = NULL;
    int64_t earliest = CERTIFICATE_UNKNOWN;
    int i;

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info)
        return CERTIFICATE_UNKNOWN;
    for (i = 0; i < info->num_of_certs; i++) {
        const struct curl_slist *line;

        for (line = info->certinfo[i]; line; line = line->next) {
            int64_t until;

            if (strncasecmp(line->data, label, sizeof(label) - 1) != 0)
                continue;
            until = certificate_parse_date(line->data + sizeof(label) - 1);
            if (until != CERTIFICATE_UNKNOWN && (earliest == CERTIFICATE_UNKNOWN || until < earliest))
                earliest = until;
        }
    }
    return earliest;
}

void certificate_describe(CURL *easy, struct strbuf *out)
{
    static const char *const wanted[] = { "Subject:", "Issuer:", "Start date:", "Expire date:", "X509v3 Subject Alternative Name:" };
    struct curl_certinfo *info = NULL;
    const struct curl_slist *line;
    size_t i;

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
        return;
    for (line = info->certinfo[0]; line; line = line->next)
        for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
            if (!strncasecmp(line->data, wanted[i], strlen(wanted[i])))
                strbuf_addf(out, "%s\n", line->data);
}
