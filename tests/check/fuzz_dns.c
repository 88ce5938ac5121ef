/* What name servers, and those who pretend to be one, could answer; and what a program that judges could print. */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"
#include "dns_answer.h"
#include "plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define QUESTION 19                      /* bytes of a header and the question for "a" */

/* The answer to a question for "a" of that type: as many records as the first byte says, made of the others. */
static void read_as_answer(const uint8_t *bytes, size_t length, int type)
{
    static const unsigned char begin[QUESTION] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 0, 0, 1 };
    struct strbuf values = STRBUF_INIT;
    unsigned char *answer = malloc(QUESTION + length); /* as long as it is, so that a sanitizer sees its end */
    enum outcome outcome;

    if (!answer)
        return;
    memcpy(answer, begin, QUESTION);
    answer[7] = length ? bytes[0] : 0;
    answer[15] = (unsigned char)(type >> 8);
    answer[16] = (unsigned char)type;
    if (length)
        memcpy(answer + QUESTION, bytes + 1, length - 1);
    if (dns_read_answer(answer, QUESTION + (length ? length - 1 : 0), 0x1234, "a", type, &outcome, &values) != DNS_READ)
        abort();
    dns_has_value(values.text, "192.0.2.7");
    free(answer);
    strbuf_release(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int types[] = { 1, 2, 5, 6, 12, 15, 16, 28, 33, 257 };
    siginfo_t end = { .si_code = CLD_EXITED };
    struct strbuf values = STRBUF_INIT;
    char text[RESULT_DETAIL_SIZE];
    enum outcome outcome;
    bool warning;
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        read_as_answer(bytes, length, types[i]);
    dns_read_answer(bytes, length, 0, "a", 1, &outcome, &values);
    strbuf_release(&values);
    plugin_judge(&end, (const char *)bytes, length, text, &warning);
    if (!text_is_clean(text))
        abort();
    return 0;
}
