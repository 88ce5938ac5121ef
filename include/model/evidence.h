#ifndef MODEL_EVIDENCE_H
#define MODEL_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

/* What a failing check met, as it came: raw bytes of a stranger's, bounded, to be made clean wherever they are shown. What we
 * ourselves sent is not among it, and where an answer repeats a secret of the site's, it is blotted out. A plain value. */
#define EVIDENCE_HEADER_MOST 4096
#define EVIDENCE_BODY_MOST 4096
#define EVIDENCE_CERTIFICATE_MOST 512

struct evidence {
    uint16_t header_bytes, body_bytes, certificate_bytes;
    char header[EVIDENCE_HEADER_MOST];           /* status line and header lines of the last answer */
    char body[EVIDENCE_BODY_MOST];               /* its beginning */
    char certificate[EVIDENCE_CERTIFICATE_MOST]; /* lines "Subject: ...", "Issuer: ...", "Expire date: ..." */
};

/* Blots out every occurrence of a secret in both header and body. Secrets under four bytes are left: they would blot out
 * half of any text. */
void evidence_blot(struct evidence *e, const char *secret, size_t length);

/* Hides the values of cookies that the answer sets. */
void evidence_hide_cookies(struct evidence *e);

#endif
