/* The only monitor of a prefix: a lock in Redis that expires, and is renewed. The sender's thread; its closer's in the end. */
#include "redis_inside.h"

#include <stdio.h>

#include "base/log.h"

#define LEASE_MS 10000
#define RENEW_NS (3 * NS_PER_S)

/* Renewed, and taken when free, by a script each, so that nobody can come between looking and doing. */
static const char renew_script[] =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
static const char take_script[] =
    "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end return 0";
static const char drop_script[] = /* and nobody need begin what we have sent */
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('INCR', KEYS[2]) return redis.call('DEL', KEYS[1]) end return 0";

static int64_t call_script(struct redis *e, const char *script)
{
    char key[KEY_SIZE], term[KEY_SIZE];
    redisReply *r;
    int64_t value = 0;

    key_format(key, e->prefix, "leader");
    key_format(term, e->prefix, "leader:term");
    r = redis_link_call(e->out, "EVAL %s 2 %s %s %s %d", script, key, term, e->token, LEASE_MS);
    if (r && r->type == REDIS_REPLY_INTEGER)
        value = r->integer;
    freeReplyObject(r);
    return value;
}

static void tell_rival(struct redis *e)
{
    char text[256];

    snprintf(text, sizeof(text), "another monitor uses the keys {%.40s} of %s; waiting for it to end", e->prefix,
             redis_link_name(e->out));
    flight_set_trouble(e, text);
    if (!e->told_rival)
        log_line(LEVEL_WARNING, "%s", text);
    e->told_rival = true;
}

/* True while we are the only monitor of this prefix. */
static bool lead(struct redis *e)
{
    int64_t now = clock_mono_ns(), term;

    if (now < e->renew_ns)
        return atomic_load(&e->term) != 0;
    e->renew_ns = now + RENEW_NS;
    if (atomic_load(&e->term) && call_script(e, renew_script))
        return true;
    atomic_store(&e->term, 0);
    term = call_script(e, take_script);
    if (term <= 0) {
        if (!redis_link_trouble(e->out)[0])
            tell_rival(e);
        e->renew_ns = now + NS_PER_S;
        return false;
    }
    atomic_store(&e->term, (uint64_t)term);
    if (e->told_rival)
        log_line(LEVEL_WARNING, "the other monitor has ended: going on");
    e->told_rival = false;
    flight_set_trouble(e, "no worker answered");
    return true;
}

bool leader_is_ready(struct redis *e)
{
    bool fresh;

    if (!redis_link_ready(e->out, &fresh)) {
        flight_set_trouble(e, redis_link_trouble(e->out));
        if (!e->told_trouble)
            log_line(LEVEL_WARNING, "%s; trying again", redis_link_trouble(e->out));
        e->told_trouble = true;
        return false;
    }
    if (fresh) {
        e->renew_ns = 0;
        if (e->told_trouble)
            log_line(LEVEL_WARNING, "%s is back", redis_link_name(e->out));
        e->told_trouble = false;
        flight_set_trouble(e, "no worker answered");
    }
    return lead(e);
}

void leader_leave(struct redis *e)
{
    if (atomic_load(&e->term))
        call_script(e, drop_script);
}
