/* What strangers could write to the door of a monitor, or to a screen: frames of every kind, from any bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_rows(struct unpack u)
{
    static struct row_message m;

    while (!u.bad && u.at < u.end)
        if (get_row(&u, &m) && m.change.row.generation && (!text_is_clean(m.name) || !text_is_clean(m.url)))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct alert alert[ALERTS_MOST];
    static struct outbox_item item[MESSAGES_MOST];
    size_t frame = frame_length((const char *)bytes, length, FRAME_MOST), n;
    const struct unpack whole = { bytes, bytes + length, false };
    struct unpack u;
    struct outbox_counts counts;
    struct answer_done done;
    struct answer_end end;
    struct welcome welcome;
    struct command command;
    struct hello hello;
    struct ask ask;
    uint64_t revision;

    if (frame != SIZE_MAX && frame > length)
        abort();
    read_rows(whole);
    u = whole;
    get_hello(&u, &hello);
    u = whole;
    get_welcome(&u, &welcome);
    u = whole;
    get_ask(&u, &ask);
    u = whole;
    if (get_command(&u, &command) && (!text_is_clean(command.by) || !text_is_clean(command.note)))
        abort();
    u = whole;
    get_end(&u, &end);
    u = whole;
    if (get_done(&u, &done) && !text_is_clean(done.text))
        abort();
    u = whole;
    get_alerts(&u, alert, &n, &revision);
    u = whole;
    if (get_messages(&u, item, &n, &counts) && n && (!text_is_clean(item[0].subject) || !text_is_clean(item[0].error)))
        abort();
    return 0;
}
