/* The name server of the tests (support/dns.h) as a program: for all of this machine's programs, when it has port 53 and they
 * are told so.
 *
 *     name_server PORT TTL_SECONDS
 *
 * Serves until its standard input ends. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/dns.h"

int main(int argc, char *argv[])
{
    char byte;

    if (argc != 3)
        return 2;
    dns_start_at(atoi(argv[1]), atoi(argv[2]));
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
