/* TLS on any port: the handshake and the certificate, and nothing is asked. tls:// begins with TLS at once, and so do smtps,
 * imaps and pop3s; smtp, imap and pop3 ask for it with STARTTLS (RFC 3207, RFC 2595). By libcurl (probe.c). No state; any
 * thread. */
#include "ops.h"

static const struct check_scheme schemes[] = {
    { "tls", "443" }, { "smtp", "25" }, { "smtps", "465" }, { "imap", "143" }, { "imaps", "993" },
    { "pop3", "110" }, { "pop3s", "995" }, { NULL, NULL },
};

const struct check_ops check_tls_ops = {
    .kind = { .name = "tls", .summary = "TLS is set up and the certificate looked at; smtp, imap and pop3 by STARTTLS",
              .example = "tls://ldap.example.org:636", .schemes = schemes, .parts = URL_PORT },
    .curl = true,
    .handshake_only = true,
};
