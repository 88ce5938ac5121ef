/* Keys and certificates by OpenSSL's own hand. No state but what it gives out. */
#include "support/temporary.h"
#include "support/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define HOUR 3600L
#define DAY (24 * HOUR)
#define LOOPBACK "IP:127.0.0.1,IP:::1,DNS:localhost"

struct tls_authority {
    EVP_PKEY *key;
    X509 *certificate;
    char directory[256];
    char file[272];
};

struct tls_identity {
    SSL_CTX *context;
};

/* Ends the program unless OpenSSL did as told. */
static void need(int done, const char *act)
{
    if (done)
        return;
    fprintf(stderr, "cannot %s\n", act);
    ERR_print_errors_fp(stderr);
    abort();
}

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    need(key != NULL, "make a key");
    return key;
}

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    need(extension && X509_add_ext(certificate, extension, -1), "extend a certificate");
    X509_EXTENSION_free(extension);
}

/* names: subjectAltName, or NULL for an authority. issuer and issuer_key NULL: self-signed. from and until in seconds from now. */
static X509 *make_certificate(const char *subject, const char *names, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
                              long from, long until)
{
    X509 *c = X509_new();
    X509_NAME *name = X509_NAME_new();
    unsigned char serial[8];
    BIGNUM *number;

    need(c && name && RAND_bytes(serial, sizeof(serial)), "make a certificate");
    serial[0] &= 0x7f;
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    need(number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(c)), "number a certificate");
    BN_free(number);
    need(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"UptimeSquirrel tests", -1, -1, 0) &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)subject, -1, -1, 0) &&
             X509_set_version(c, X509_VERSION_3) && X509_set_subject_name(c, name) &&
             X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer) : name) && X509_set_pubkey(c, key) &&
             X509_gmtime_adj(X509_getm_notBefore(c), from) && X509_gmtime_adj(X509_getm_notAfter(c), until),
         "fill in a certificate");
    X509_NAME_free(name);
    extend(c, issuer ? issuer : c, NID_subject_key_identifier, "hash");
    if (issuer)
        extend(c, issuer, NID_authority_key_identifier, "keyid");
    extend(c, issuer ? issuer : c, NID_basic_constraints, names ? "critical,CA:FALSE" : "critical,CA:TRUE");
    extend(c, issuer ? issuer : c, NID_key_usage, names ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
    if (names)
        extend(c, issuer ? issuer : c, NID_subject_alt_name, names);
    need(X509_sign(c, issuer_key ? issuer_key : key, EVP_sha256()) > 0, "sign a certificate");
    return c;
}

struct tls_authority *tls_authority_new(void)
{
    struct tls_authority *a = calloc(1, sizeof(*a));
    FILE *file;

    need(a != NULL, "make an authority");
    a->key = make_key();
    a->certificate = make_certificate("test authority", NULL, a->key, NULL, NULL, -30 * DAY, 3650 * DAY);
    need(temporary_make(a->directory, sizeof(a->directory), "tls"), "make a temporary directory");
    snprintf(a->file, sizeof(a->file), "%s/ca.pem", a->directory);
    file = fopen(a->file, "w");
    need(file && PEM_write_X509(file, a->certificate), "write the authority's certificate");
    need(!fclose(file), "write the authority's certificate");
    return a;
}

void tls_authority_free(struct tls_authority *a)
{
    if (!a)
        return;
    temporary_remove(a->directory);
    X509_free(a->certificate);
    EVP_PKEY_free(a->key);
    free(a);
}

const char *tls_authority_file(const struct tls_authority *a)
{
    return a->file;
}

static const char *const kind_names[TLS_KIND_COUNT] = {
    [TLS_GOOD] = "good",
    [TLS_EXPIRED] = "expired",
    [TLS_NOT_YET] = "not-yet",
    [TLS_WRONG_HOST] = "wrong-host",
    [TLS_SELF_SIGNED] = "self-signed",
    [TLS_UNTRUSTED] = "untrusted",
    [TLS_OLD] = "old",
    [TLS_SHORT_CHAIN] = "short-chain",
};

const char *tls_kind_name(enum tls_kind kind)
{
    return kind_names[kind];
}

int tls_kind_parse(const char *word)
{
    int i;

    for (i = 0; i < TLS_KIND_COUNT; i++)
        if (!strcmp(word, kind_names[i]))
            return i;
    return -1;
}

static SSL_CTX *make_context(enum tls_kind kind)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    need(context != NULL, "set up TLS");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"test", 4); /* clients may resume: tests count it */
    if (kind == TLS_OLD) {
        SSL_CTX_set_security_level(context, 0);
        need(SSL_CTX_set_min_proto_version(context, TLS1_VERSION) && SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) &&
                 SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0"),
             "speak TLS 1.1");
    }
    return context;
}

struct tls_identity *tls_identity_new(const struct tls_authority *a, enum tls_kind kind, int days_left)
{
    struct tls_identity *i = calloc(1, sizeof(*i));
    long from = kind == TLS_NOT_YET ? DAY : -30 * DAY, until = kind == TLS_EXPIRED ? -DAY : days_left * DAY + HOUR;
    const char *names = kind == TLS_WRONG_HOST ? "DNS:wrong.example.org" : LOOPBACK;
    EVP_PKEY *key = make_key(), *issuer_key = NULL, *signer;
    X509 *leaf, *issuer = NULL;

    need(i != NULL, "make an identity");
    if (kind == TLS_NOT_YET && until <= from)
        until = from + 90 * DAY;
    if (kind == TLS_UNTRUSTED) {
        issuer_key = make_key();
        issuer = make_certificate("another authority", NULL, issuer_key, NULL, NULL, -30 * DAY, 3650 * DAY);
    } else if (kind == TLS_SHORT_CHAIN) {
        issuer_key = make_key();
        issuer = make_certificate("intermediate", NULL, issuer_key, a->certificate, a->key, -30 * DAY, until);
        until += 100 * DAY;
    }
    signer = issuer_key ? issuer_key : a->key;
    leaf = kind == TLS_SELF_SIGNED ? make_certificate("localhost", names, key, NULL, NULL, from, until)
                                   : make_certificate("localhost", names, key, issuer ? issuer : a->certificate, signer, from, until);
    i->context = make_context(kind);
    need(SSL_CTX_use_certificate(i->context, leaf) && SSL_CTX_use_PrivateKey(i->context, key), "use a certificate");
    if (kind == TLS_SHORT_CHAIN)
        need(SSL_CTX_add1_chain_cert(i->context, issuer) > 0, "chain a certificate");
    X509_free(leaf);
    X509_free(issuer);
    EVP_PKEY_free(key);
    EVP_PKEY_free(issuer_key);
    return i;
}

void tls_identity_free(struct tls_identity *i)
{
    if (!i)
        return;
    SSL_CTX_free(i->context);
    free(i);
}

struct ssl_ctx_st *tls_context(const struct tls_identity *i)
{
    return i->context;
}
