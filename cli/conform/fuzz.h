/*
 * fuzz.h - random scripts, put to a shim and to our own library, or to another
 * shim: what they answer has to be the same.
 */
#ifndef SF_CONFORM_FUZZ_H
#define SF_CONFORM_FUZZ_H

#include "cli/conform/conform.h"
#include "cli/exit.h"
#include "cli/opt.h"

enum sf_exit sf_conform_fuzz(const struct sf_conform *run,
    const struct sf_config *c, const char *command);

#endif
