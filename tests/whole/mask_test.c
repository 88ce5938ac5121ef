/* The mask over screens: what it hides, and that it hides nothing else. */
#include <locale.h>
#include <stdlib.h>

#include "mask.h"
#include "support/tests.h"

static void masks_to(const char *text, const char *wanted)
{
    char *seen = mask_screen(text, "web-07");

    assert_string_equal(seen, wanted);
    free(seen);
}

static void the_clock_and_the_machine_are_hidden(void **state)
{
    (void)state;
    masks_to("web-07  DOWN 3  UP 130                12:41:09\n", "DOWN 3 UP 130 hh:mm:ss\n");
    masks_to("uptimesquirrel  web-07   UP 1   1 site      Tue 01:02:03 UTC\n", "uptimesquirrel UP 1 1 site Day hh:mm:ss UTC\n");
    masks_to("uptimesquirrel  DOWN 3\n", "uptimesquirrel DOWN 3\n"); /* there was no room for it */
}

static void figures_of_health_are_hidden(void **state)
{
    (void)state;
    masks_to("138 sites  2.3/s  lag 12ms  busy 3/32  net ok  waiting 4  late 12\n", "138 sites #/s lag # busy #/# net ok\n");
    masks_to("2.3 checks/s  lag p99 0.4 ms  busy 3/1000 (events, 2 workers)  net ok\n",
             "# checks/s lag p99 # busy #/# (events, 2 workers) net ok\n");
    masks_to("2.3 checks/s  lag p99 1.4 s  OFFLINE 4s\n", "# checks/s lag p99 # OFFLINE 4s\n");
    masks_to("ALERT hang DOWN 40m: no first byte in 1.0s (tcp ok)     +7 more  [!] next\n",
             "ALERT hang DOWN #: no first byte in #.#s (tcp ok) +7 more [!] next\n");
}

static void figures_of_rows_are_hidden_and_sentences_are_not(void **state)
{
    (void)state;
    masks_to(" STATE NAME       CODE   LAST    P95  UP24H CERT TREND 14m         FOR\n"
             ">DOWN  hang       TMO  no 1st byte in 1.0s    61       XX           4s\n"
             " UP    shop       200     0.4   1.2s  100.0   61 _.▂▂█X  ▂         41d\n"
             " UP    new        200       -      -      -    -                   12d\n"
             " DOWN  hang       TMO  no first byte, nor any other after it        4s\n"
             "1-3 of 3  sort: STATE          http://127.0.0.1:39963/hang\n",
             " STATE NAME       CODE   LAST    P95  UP24H CERT TREND 14m         FOR\n"
             ">DOWN  hang       TMO  no 1st byte in #.#s    61 ~                   #\n"
             " UP    shop       200       #      #      #   61 ~                   #\n"
             " UP    new        200       -      -      #    -                     #\n"
             " DOWN  hang       TMO  no first byte, nor any other after it         #\n"
             "1-3 of 3  sort: STATE\n");
    masks_to(" STATE NAME               CODE    FOR LAST\n"
             " UP    status-page        200     41d   38\n"
             " NEW   status-page        -        3s    -\n",
             " STATE NAME               CODE    FOR LAST\n"
             " UP    status-page        200       #    #\n"
             " NEW   status-page        -         #    -\n");
    masks_to(" STATE NAME   CERT  NEXT TREND 1h          FOR\n"
             " UP    shop      -   now                    4s\n"
             " UP    shop      -  0:21 ..                 4s\n"
             " PAUSE shop      -     -                    4s\n",
             " STATE NAME   CERT  NEXT TREND 1h          FOR\n"
             " UP    shop      -     #                     #\n"
             " UP    shop      -     # ~                   #\n"
             " PAUSE shop      -     -                     #\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_and_the_machine_are_hidden),
        cmocka_unit_test(figures_of_health_are_hidden),
        cmocka_unit_test(figures_of_rows_are_hidden_and_sentences_are_not),
    };

    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
