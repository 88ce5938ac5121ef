#ifndef NOTIFIERS_H
#define NOTIFIERS_H

#include "notify/notifier.h"

#define NOTIFIER(name) extern const struct notifier_ops notifier_##name##_ops;
#include "notifiers.def"
#undef NOTIFIER

/* The text of an address: for those who have one each. */
const char *destination_address(const struct notifier_ops *ops, const struct destination *to);

#endif
