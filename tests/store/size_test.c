/* How much space history takes, with settings as they come: README says so, and this holds it to it. */
#include <stdio.h>

#include "base/clock.h"
#include "pack.h"
#include "place.h"
#include "support/random.h"
#include "support/tests.h"
#include "sweep.h"

#define NOON INT64_C(1795435200000)
#define DAYS 60                          /* of the year; an hour takes what an hour takes */
#define SAMPLE_BYTES 16.0                /* at most, packed, with all that is about them in the file */
#define YEAR_GB 1.6                      /* at most, of 1,000 sites at 60 s */

/* A site asked with HEAD over TLS, with the jitter of a network far away. */
static struct sample next_sample(struct random *r, int64_t at_ms)
{
    static const uint32_t usual[PHASE_COUNT] = { 1200, 21000, 38000, 22000, 30 };
    struct sample s = make_sample(1, at_ms + (int64_t)random_below(r, 20));
    int i;

    s.took_us = (uint32_t)random_below(r, 300);
    for (i = 0; i < PHASE_COUNT; i++) {
        s.phase_us[i] = usual[i] + (uint32_t)random_below(r, usual[i] / 5);
        if (random_below(r, 50) == 0)
            s.phase_us[i] *= 1 + (uint32_t)random_below(r, 4);
        s.took_us += s.phase_us[i];
    }
    return s;
}

/* Bytes of all pages of a table, over what is in it. */
static double bytes_of(const struct place *p, const char *table)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "SELECT sum(pgsize) FROM dbstat WHERE name = '%s'", table);
    return (double)place_number(p, sql);
}

static void a_year_of_a_thousand_sites_takes_what_readme_says(void **state)
{
    struct place *p = *state;
    struct random r = { 4 };
    struct packer packer;
    struct keeper k;
    struct writing *w;
    double sample_bytes, hour_bytes, year;
    bool more;
    int day, i;

    assert_int_equal(keeper_init(&k, &(struct history_options){ .path = p->path }), ERR_OK);
    assert_int_equal(keeper_check(&k, NOON, NULL), ERR_OK);
    assert_int_equal(packer_init(&packer), ERR_OK);
    w = &k.writing;
    for (day = 0; day < DAYS; day++) {
        assert_int_equal(database_exec(&k.db, "BEGIN"), SQLITE_OK);
        for (i = 0; i < 1440; i++) {
            struct sample s = next_sample(&r, NOON + day * MS_PER_DAY + i * MS_PER_MIN);

            assert_int_equal(write_sample(w, &s), SQLITE_DONE);
        }
        assert_int_equal(database_exec(&k.db, "COMMIT"), SQLITE_OK);
        for (more = true; more;)
            assert_int_equal(pack_step(&packer, &k, NOON + (day + 1) * MS_PER_DAY, &more, NULL), ERR_OK);
    }
    packer_release(&packer);
    keeper_close(&k);

    sample_bytes = bytes_of(p, "block") / (DAYS * 1440);
    hour_bytes = bytes_of(p, "hour") / (DAYS * 24);
    year = 1000 * (14 * 1440 * sample_bytes + 365 * 24 * hour_bytes);
    print_message("%.1f bytes a sample, %.0f bytes an hour of a site; a year of 1,000 sites at 60 s: %.2f GB\n", sample_bytes,
                  hour_bytes, year / 1e9);
    assert_true(sample_bytes <= SAMPLE_BYTES);
    assert_true(year / 1e9 <= YEAR_GB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_year_of_a_thousand_sites_takes_what_readme_says, place_make, place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
