/* manual: the manual pages, as text for man(1). */
#include <string.h>

#include "cli.h"
#include "manual.h"

int command_manual(const struct args *a)
{
    const char *section = a->noperand ? a->operand[0] : "1";

    if (a->noperand > 1 || (strcmp(section, "1") != 0 && strcmp(section, "5") != 0))
        return complain(a, EXIT_USAGE, "say which page: 1 (the program) or 5 (uptime.cfg)");
    if (*section == '1')
        manual_program();
    else
        manual_settings();
    return finish_output(a, EXIT_WELL);
}
