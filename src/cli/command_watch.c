#include "cli.h"
int command_watch(const struct args *a)
{
    return command_check(a);
}
