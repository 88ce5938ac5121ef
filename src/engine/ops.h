#ifndef OPS_H
#define OPS_H

#include "engine/engine.h"

#define ENGINE(name) extern const struct engine_ops engine_##name##_ops;
#include "engines.def"
#undef ENGINE

#endif
