/*
 * secret.h - files of keys: read whole, told of when others can read them, and
 * wiped.
 */
#ifndef SF_SECRET_H
#define SF_SECRET_H

#include "cli/exit.h"
#include "engine/config/keyfile.h"

/* Takes the text, which is wiped behind it; false when it has told what is
   wrong with it. */
typedef bool sf_secret_reader(
    void *ctx, const char *name, struct sf_bytes text);

/* Reads a file, fd:N, or with "-" standard input, of at most so many octets.
   On any outcome but SF_EXIT_OK it has told why. */
enum sf_exit sf_secret_load(const char *name, size_t most,
    sf_secret_reader *reader, void *ctx) SF_MUST_USE;

bool sf_secret_is_standard_input(const char *name);

/* What is wrong with a file, and where. */
void sf_secret_complain(const char *name, struct sf_bytes text,
    const struct sf_keyfile_error *e);

#endif
