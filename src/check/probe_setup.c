/* Sets an easy handle up for one request. What is the same for every check is set once for each handle; what comes from a
 * site's options, once for each change of options; what differs from request to request, each time. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "check/kind.h"
#include "ops.h"
#include "probe.h"

/* --- what libcurl calls while a request runs ---------------------------------------------------------------------- */

/* The acknowledgements of the other side's first words travel with ours, as haproxy's checks do it: two packets less for both
 * sides (tcp(7), TCP_QUICKACK). */
static void save_packets(int fd)
{
    int quick = 0;

    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &quick, sizeof(quick));
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct probe *p = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    const void *ip = address->family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)(void *)&address->addr)->sin6_addr
                                                 : (const void *)&((struct sockaddr_in *)(void *)&address->addr)->sin_addr;

    (void)purpose;
    p->opened = true;
    if (fd < 0) {
        p->no_files = p->no_files || errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        return CURL_SOCKET_BAD;
    }
    if (address->family == AF_INET || address->family == AF_INET6)
        inet_ntop(address->family, ip, p->tried, sizeof(p->tried));
    save_packets(fd);
    return fd;
}

/* A request that ends without a byte of answer is asked how far its connection came: libcurl does not tell. */
static int close_socket(void *context, curl_socket_t fd)
{
    struct probe *p = context;
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);

    if (!p->header.bytes && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
        p->connected = p->connected || info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_CLOSE_WAIT;
    return close(fd);
}

static size_t take_header(char *line, size_t size, size_t n, void *context)
{
    struct probe *p = context;

    probe_witness_header(p, line, size * n);
    if (header_take(&p->header, line, size * n))
        return size * n;
    p->header_stop = true;
    return 0;
}

/* An answer whose status settles the matter is not read to its end. */
static bool body_matters(struct probe *p)
{
    long status = 0;

    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
    if (p->job.site->options->follow_redirects && status >= 300 && status < 400)
        return false;
    return status_set_has(&p->job.site->options->expect_status, (int)status);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct probe *p = context;
    bool first = p->body.bytes == 0;

    probe_witness_body(p, bytes, size * n);
    if ((!first || body_matters(p)) && body_take(&p->body, bytes, size * n))
        return size * n;
    p->body_stop = true;
    return 0;
}

/* --- options ------------------------------------------------------------------------------------------------------ */

#define SET(option, value)                                              \
    do {                                                                \
        CURLcode code_ = curl_easy_setopt(p->easy, (option), (value));  \
        if (code_ != CURLE_OK)                                          \
            return code_;                                               \
    } while (0)

static const char *system_ca_file(void)
{
    return curl_version_info(CURLVERSION_NOW)->cainfo;
}

/* The same for every check. */
static CURLcode set_always(struct probe *p)
{
    curl_easy_reset(p->easy);
    SET(CURLOPT_PRIVATE, p);
    SET(CURLOPT_SHARE, p->share);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* or a silent name server holds the whole loop */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CERTINFO, 1L);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 0L); /* the cache would be walked after every check */
    SET(CURLOPT_ERRORBUFFER, p->error);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, p);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, p);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, p);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, p);
    return CURLE_OK;
}

static CURLcode set_proxy(struct probe *p, const struct options *o)
{
    if (o->proxy == PROXY_ENV)
        return CURLE_OK; /* libcurl looks at the environment by itself */
    SET(CURLOPT_PROXY, o->proxy == PROXY_URL ? o->proxy_url : "");
    if (o->proxy == PROXY_URL)
        SET(CURLOPT_NOPROXY, "");
    return CURLE_OK;
}

static CURLcode set_tls(struct probe *p, const struct options *o, bool verify)
{
    const char *ca_file = o->ca_file ? o->ca_file : system_ca_file();

    SET(CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    SET(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    SET(CURLOPT_CAPATH, NULL); /* a directory would switch the cache of the CA store off */
    if (ca_file)
        SET(CURLOPT_CAINFO, ca_file);
    return CURLE_OK;
}

/* What belongs to the site's own origin alone. */
static CURLcode set_secrets(struct probe *p, const struct options *o)
{
    size_t i;

    if (o->user) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERNAME, o->user);
        SET(CURLOPT_PASSWORD, o->password ? o->password : "");
    }
    for (i = 0; i < o->headers.n; i++) {
        struct curl_slist *more = curl_slist_append(p->headers, o->headers.item[i]);

        if (!more)
            return CURLE_OUT_OF_MEMORY;
        p->headers = more;
    }
    SET(CURLOPT_HTTPHEADER, p->headers);
    return CURLE_OK;
}

static CURLcode set_options(struct probe *p, const struct options *o)
{
    static const long families[] = { [IP_ANY] = CURL_IPRESOLVE_WHATEVER, [IP_V4] = CURL_IPRESOLVE_V4,
                                     [IP_V6] = CURL_IPRESOLVE_V6 };
    CURLcode code = set_proxy(p, o);

    if (!code)
        code = set_tls(p, o, o->tls_verify && p->asking == ASKING_SITE);
    if (!code && !p->foreign && p->asking == ASKING_SITE && !p->ops->handshake_only)
        code = set_secrets(p, o);
    if (code)
        return code;
    SET(CURLOPT_IPRESOLVE, families[o->ip]);
    SET(CURLOPT_USERAGENT, o->user_agent ? o->user_agent : "uptimesquirrel/" UPTIME_VERSION);
    SET(CURLOPT_PROTOCOLS_STR, p->ops->handshake_only ? "https,smtp,smtps,imap,imaps,pop3,pop3s" : "http,https");
    SET(CURLOPT_USE_SSL, (long)(p->ops->handshake_only ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    SET(CURLOPT_CONNECT_ONLY, p->asking == ASKING_CERTIFICATE || p->ops->handshake_only ? 1L : 0L);
    return CURLE_OK;
}

/* The handle forgets what it was set up with. */
static void unprepare(struct probe *p)
{
    options_unref(p->prepared);
    p->prepared = NULL;
    curl_slist_free_all(p->headers);
    p->headers = NULL;
}

static CURLcode prepare_handle(struct probe *p, const struct options *o)
{
    bool plain = !p->foreign && p->asking == ASKING_SITE && !p->ops->handshake_only; /* as the next check will want it */
    CURLcode code;

    if (plain && p->prepared == o)
        return CURLE_OK;
    unprepare(p);
    code = set_always(p);
    if (!code)
        code = set_options(p, o);
    if (!code && plain)
        p->prepared = options_ref(o);
    return code;
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);

    if (more)
        *list = more;
    return more != NULL;
}

/* "host:port" of the next request, as CURLOPT_RESOLVE wants it. False when it is too long to be one. */
static bool host_port(const struct probe *p, char text[PINNED_SIZE])
{
    const char *host, *port, *url = probe_url(p);
    size_t length = site_host(url, &host);
    int n;

    port = host[length] == ':' ? host + length + 1 : check_standard_port(url);
    n = snprintf(text, PINNED_SIZE, "%.*s:%.*s", (int)length, host, (int)strspn(port, "0123456789"), port);
    return n > 0 && n < PINNED_SIZE;
}

/* "host:port:address,address". */
static bool add_addresses(struct curl_slist **list, const char *pinned, const struct name_answer *a)
{
    char line[PINNED_SIZE + NAME_ADDRESSES * (INET6_ADDRSTRLEN + 3)], ip[INET6_ADDRSTRLEN];
    size_t used = (size_t)snprintf(line, sizeof(line), "%s", pinned);
    int i;

    for (i = 0; i < a->n; i++) {
        bool six = a->address[i].family == AF_INET6;

        inet_ntop(a->address[i].family, a->address[i].bytes, ip, sizeof(ip));
        used += (size_t)snprintf(line + used, sizeof(line) - used, "%c%s%s%s", i ? ',' : ':', six ? "[" : "", ip,
                                 six ? "]" : "");
    }
    return add_line(list, line);
}

/* Hands the addresses we looked up to libcurl, by its own cache of one handle: it tries them as it would its own. */
static CURLcode set_addresses(struct probe *p)
{
    struct curl_slist *list = NULL;
    char pinned[PINNED_SIZE], drop[PINNED_SIZE + 1];
    bool good = true;

    if (p->query.answer.n && !host_port(p, pinned))
        return CURLE_URL_MALFORMAT;
    if (p->pinned[0]) {
        snprintf(drop, sizeof(drop), "-%s", p->pinned);
        good = add_line(&list, drop);
    }
    p->pinned[0] = '\0';
    if (good && p->query.answer.n) {
        good = add_addresses(&list, pinned, &p->query.answer);
        memcpy(p->pinned, pinned, sizeof(pinned));
    }
    curl_slist_free_all(p->resolve);
    p->resolve = list;
    if (!good)
        return CURLE_OUT_OF_MEMORY;
    SET(CURLOPT_RESOLVE, list);
    return CURLE_OK;
}

static void forget_request(struct probe *p)
{
    const struct options *o = p->job.site->options;

    header_begin(&p->header);
    probe_witness_begin(p);
    body_begin(&p->body, o, p->result.method == METHOD_GET && options_want_body(o));
    p->header_stop = p->body_stop = p->opened = p->connected = p->no_files = false;
    p->tried[0] = '\0';
    p->error[0] = '\0';
}

char *probe_curl_url(const struct probe *p)
{
    const char *url = probe_url(p);
    char *text;

    if (strncasecmp(url, "tls:", 4) != 0)
        return strdup(url);
    return asprintf(&text, "https%s", url + 3) < 0 ? NULL : text; /* the handshake is the same */
}

static CURLcode set_url(struct probe *p)
{
    char *url = probe_curl_url(p);
    CURLcode code = url ? curl_easy_setopt(p->easy, CURLOPT_URL, url) : CURLE_OUT_OF_MEMORY;

    free(url);
    return code;
}

CURLcode probe_setup(struct probe *p, int64_t now_ns)
{
    int64_t deadline_ns = p->asking == ASKING_CERTIFICATE ? p->certificate_deadline_ns : p->deadline_ns;
    CURLcode code = prepare_handle(p, p->job.site->options);

    forget_request(p);
    if (!code && (p->query.answer.n || p->pinned[0]))
        code = set_addresses(p);
    if (code)
        return code;
    SET(CURLOPT_TIMEOUT_MS, (long)((deadline_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS));
    if (p->result.method == METHOD_HEAD)
        SET(CURLOPT_NOBODY, 1L);
    else
        SET(CURLOPT_HTTPGET, 1L);
    return set_url(p);
}
