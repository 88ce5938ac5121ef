/* The state machine, cell by cell and story by story. */
#include "model/state.h"

#include <stdio.h>
#include <string.h>

#include "making.h"

static void every_cell_of_the_table_is_as_drawn(void **state)
{
    static const char *const drawn[VERDICT_COUNT][EVENT_COUNT] = {
        /*              good   degraded    failed      confirmed  inconclusive  reset */
        /* new      */ { "up", "degraded", "checking", "down", "new", "new" },
        /* up       */ { "up", "degraded", "checking", "down", "up", "new" },
        /* degraded */ { "up", "degraded", "checking", "down", "degraded", "new" },
        /* checking */ { "up", "degraded", "checking", "down", "checking", "new" },
        /* down     */ { "up", "degraded", "down", "down", "down", "new" },
    };
    int verdict, event;

    (void)state;
    for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
        for (event = 0; event < EVENT_COUNT; event++) {
            struct site_state s = { .verdict = (uint8_t)verdict, .failures = 3, .slow = 5 };
            bool failed = event == EVENT_FAILED || event == EVENT_CONFIRMED;

            state_step(&s, (enum event)event);
            assert_string_equal(state_name((enum state)s.verdict), drawn[verdict][event]);
            assert_int_equal(s.unsure, event == EVENT_INCONCLUSIVE);
            assert_int_equal(s.failures, failed ? 4 : event == EVENT_INCONCLUSIVE ? 3 : 0);
            assert_int_equal(s.slow, event == EVENT_RESET ? 0 : 5);
            if (failed && verdict != STATE_CHECKING)
                assert_int_equal(s.calm, verdict);
            assert_false(s.paused || s.maintenance);
        }
}

static void what_is_shown_lies_over_the_verdict(void **state)
{
    int verdict, over;

    (void)state;
    for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
        for (over = 0; over < 8; over++) {
            struct site_state s = { .verdict = (uint8_t)verdict, .unsure = over & 1, .maintenance = over & 2, .paused = over & 4 };
            enum state wanted = over & 4 ? STATE_PAUSED : over & 2 ? STATE_MAINTENANCE : over & 1 ? STATE_INCONCLUSIVE
                                                                                                  : (enum state)verdict;

            assert_int_equal(state_shown(&s), wanted);
        }
}

/* Plays a story, a letter for each thing that happens:
 *   g good   s good but slow   c good, certificate near its end   f failed   h failed, but perhaps our network (hold)
 *   l our own fault   r another URL   P paused   R resumed   M maintenance begins   E it ends
 * and writes the label of the screen after each. */
static void play(const struct options *o, const char *story, char *told, size_t size)
{
    struct site_state s = { 0 };
    size_t used = 0;

    for (; *story; story++) {
        struct result r = make_result(0, 1, OUTCOME_OK);

        switch (*story) {
        case 's':
            r.took_ns = 801 * NS_PER_MS;
            break;
        case 'c':
            r.certificate_until = r.checked_at_ms / 1000 + 86400;
            break;
        case 'f':
        case 'h':
            r.outcome = OUTCOME_STATUS;
            break;
        case 'l':
            r.outcome = OUTCOME_LOCAL_FILES;
            break;
        }
        switch (*story) {
        case 'P':
            s.paused = true;
            break;
        case 'R':
            s.paused = false;
            state_step(&s, EVENT_RESET);
            break;
        case 'M':
        case 'E':
            s.maintenance = *story == 'M';
            break;
        case 'r':
            state_step(&s, EVENT_RESET);
            break;
        default:
            state_step(&s, state_judge(&s, o, &r, *story == 'h'));
        }
        used += (size_t)snprintf(told + used, size - used, "%s%s", used ? " " : "",
                                 state_label(state_shown(&s), (enum degraded)s.degraded));
    }
}

static void stories_are_told_as_the_contract_says(void **state)
{
    static const struct {
        int retries;
        const char *story, *told;
    } rows[] = {
        /* down only after the last retry; one good result ends it */
        { 2, "gfffg", "UP CHECK CHECK DOWN UP" },
        { 2, "fff", "CHECK CHECK DOWN" },
        { 0, "gfg", "UP DOWN UP" },
        { 1, "gffgf", "UP CHECK DOWN UP CHECK" },
        { 2, "gffgffg", "UP CHECK CHECK UP CHECK CHECK UP" },
        { 2, "fffffff", "CHECK CHECK DOWN DOWN DOWN DOWN DOWN" },
        { 10, "ffffffffffff", "CHECK CHECK CHECK CHECK CHECK CHECK CHECK CHECK CHECK CHECK DOWN DOWN" },
        /* our own fault changes no counter and shows until the next verdict */
        { 2, "lg", "? UP" },
        { 2, "glg", "UP ? UP" },
        { 2, "gfllfllf", "UP CHECK ? ? CHECK ? ? DOWN" },
        { 2, "ffflf", "CHECK CHECK DOWN ? DOWN" },
        { 2, "fffllg", "CHECK CHECK DOWN ? ? UP" },
        /* perhaps our network: not confirmed however often it came */
        { 2, "ghhhhhf", "UP CHECK CHECK CHECK CHECK CHECK DOWN" },
        { 0, "ghf", "UP CHECK DOWN" },
        { 2, "fffh", "CHECK CHECK DOWN DOWN" },
        /* slow when 3 of the last 5 good ones are */
        { 2, "ss", "UP UP" },
        { 2, "sssg", "UP UP SLOW SLOW" },
        { 2, "sgsgsg", "UP UP UP UP SLOW UP" },
        { 2, "sssggg", "UP UP SLOW SLOW SLOW UP" },
        { 2, "sgggss", "UP UP UP UP UP UP" },
        { 2, "sgggsss", "UP UP UP UP UP UP SLOW" },
        { 2, "ssfs", "UP UP CHECK SLOW" },
        { 2, "sslls", "UP UP ? ? SLOW" },
        { 2, "sssrs", "UP UP SLOW NEW UP" },
        { 2, "sssfff", "UP UP SLOW CHECK CHECK DOWN" },
        /* a certificate near its end */
        { 2, "cgc", "WARN UP WARN" },
        { 2, "cfc", "WARN CHECK WARN" },
        { 2, "ssscss", "UP UP SLOW SLOW SLOW SLOW" },
        /* another URL, pausing */
        { 2, "gr", "UP NEW" },
        { 2, "fffrf", "CHECK CHECK DOWN NEW CHECK" },
        { 2, "ffPfRf", "CHECK CHECK PAUSE PAUSE NEW CHECK" },
        { 2, "fffPRg", "CHECK CHECK DOWN PAUSE NEW UP" },
        /* maintenance hides, and counts on: who is down when it ends, is down */
        { 2, "gMfffE", "UP MAINT MAINT MAINT MAINT DOWN" },
        { 2, "gMffgE", "UP MAINT MAINT MAINT MAINT UP" },
        { 2, "ffMfE", "CHECK CHECK MAINT MAINT DOWN" },
        { 2, "fffMgE", "CHECK CHECK DOWN MAINT MAINT UP" },
        { 2, "MlE", "MAINT MAINT ?" },
        { 2, "MPRE", "MAINT PAUSE MAINT NEW" },
    };
    struct options o;
    size_t i;

    (void)state;
    options_init(&o);
    o.slow_above_ms = 800;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char told[256];

        o.retries = rows[i].retries;
        play(&o, rows[i].story, told, sizeof(told));
        assert_string_equal(told, rows[i].told);
    }
    options_release(&o);
}

static void failures_are_counted_without_end(void **state)
{
    struct site_state s = { 0 };
    int i;

    (void)state;
    for (i = 0; i < 1000; i++)
        state_step(&s, EVENT_CONFIRMED);
    assert_int_equal(s.failures, 255);
}

static void slow_is_above_the_limit_and_never_without_one(void **state)
{
    static const struct {
        int64_t slow_above_ms, took_ns;
        bool slow;
    } rows[] = {
        { 0, INT64_MAX, false }, { 800, 800 * NS_PER_MS, false }, { 800, 800 * NS_PER_MS + 1, true }, { 1, 0, false },
    };
    struct options o;
    size_t i;

    (void)state;
    options_init(&o);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result r = make_result(0, 1, OUTCOME_OK);
        struct site_state s = { 0 };

        o.slow_above_ms = rows[i].slow_above_ms;
        r.took_ns = rows[i].took_ns;
        state_judge(&s, &o, &r, false);
        assert_int_equal(s.slow, rows[i].slow);
    }
    options_release(&o);
}

static void a_certificate_is_near_its_end_within_its_warning(void **state)
{
    const int64_t now_s = INT64_C(1795437669);
    static const struct {
        int64_t warning_ms, left_s;
        bool is_near;
    } rows[] = {
        { 14 * MS_PER_DAY, 14 * 86400, false }, { 14 * MS_PER_DAY, 14 * 86400 - 1, true }, { 14 * MS_PER_DAY, -5, true },
        { 0, 5, false }, { 0, -5, false }, { MS_PER_DAY, 86401, false },
    };
    struct result r = make_result(0, 1, OUTCOME_OK);
    struct options o;
    size_t i;

    (void)state;
    options_init(&o);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        o.certificate_warning_ms = rows[i].warning_ms;
        r.certificate_until = now_s + rows[i].left_s;
        assert_int_equal(certificate_is_near(&o, &r), rows[i].is_near);
    }
    o.certificate_warning_ms = 14 * MS_PER_DAY;
    r.certificate_until = CERTIFICATE_UNKNOWN;
    assert_false(certificate_is_near(&o, &r));
    r.certificate_until = INT64_MAX; /* whatever a worker sends */
    assert_false(certificate_is_near(&o, &r));
    r.certificate_until = INT64_MIN + 1;
    assert_true(certificate_is_near(&o, &r));
    options_release(&o);
}

static void states_have_names_and_labels(void **state)
{
    static const char *const names[] = { "new", "up", "degraded", "checking", "down", "inconclusive", "maintenance", "paused" };
    static const char *const labels[] = { "NEW", "UP", "SLOW", "CHECK", "DOWN", "?", "MAINT", "PAUSE" };
    int i;

    (void)state;
    for (i = 0; i < STATE_COUNT; i++) {
        assert_string_equal(state_name((enum state)i), names[i]);
        assert_string_equal(state_label((enum state)i, DEGRADED_SLOW), labels[i]);
        assert_true(strlen(labels[i]) <= 5);
        assert_string_equal(state_label((enum state)i, DEGRADED_CERTIFICATE), i == STATE_DEGRADED ? "WARN" : labels[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table_is_as_drawn),
        cmocka_unit_test(what_is_shown_lies_over_the_verdict),
        cmocka_unit_test(stories_are_told_as_the_contract_says),
        cmocka_unit_test(failures_are_counted_without_end),
        cmocka_unit_test(slow_is_above_the_limit_and_never_without_one),
        cmocka_unit_test(a_certificate_is_near_its_end_within_its_warning),
        cmocka_unit_test(states_have_names_and_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
