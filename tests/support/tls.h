#ifndef SUPPORT_TLS_H
#define SUPPORT_TLS_H

/* Certificates made on the spot, for servers that speak TLS well or badly. Nothing touches the disk but one PEM file of the
 * authority, in a private temporary directory. All functions may be called by any thread; errors end the program with a
 * line on standard error, because no test can go on without them. */

/* A certificate authority nobody has heard of. */
struct tls_authority;
struct tls_authority *tls_authority_new(void);
/* Removes its file. NULL is fine. */
void tls_authority_free(struct tls_authority *a);
/* The PEM file that makes clients trust it: what a site's ca_file names. */
const char *tls_authority_file(const struct tls_authority *a);

enum tls_kind {
    TLS_GOOD,                /* for 127.0.0.1, ::1 and localhost */
    TLS_EXPIRED,             /* since yesterday */
    TLS_NOT_YET,             /* from tomorrow */
    TLS_WRONG_HOST,          /* for wrong.example.org alone */
    TLS_SELF_SIGNED,
    TLS_UNTRUSTED,           /* signed by another authority */
    TLS_OLD,                 /* good, but TLS 1.1 is the newest it speaks */
    TLS_SHORT_CHAIN,         /* good, under an intermediate that ends sooner: days_left is the intermediate's */
    TLS_KIND_COUNT
};

/* "good" "expired" "not-yet" "wrong-host" "self-signed" "untrusted" "old" "short-chain". */
const char *tls_kind_name(enum tls_kind kind);
/* -1 for another word. */
int tls_kind_parse(const char *word);

/* What a server shows. Valid for days_left days and an hour more, so that whole days are as asked. */
struct tls_identity;
struct tls_identity *tls_identity_new(const struct tls_authority *a, enum tls_kind kind, int days_left);
/* NULL is fine. */
void tls_identity_free(struct tls_identity *i);

/* OpenSSL's SSL_CTX of it. */
struct ssl_ctx_st *tls_context(const struct tls_identity *i);

#endif
