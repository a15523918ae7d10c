/*
 * keys.h - the keys of --keys, for every command that takes them.
 *
 * Keys come from a file, from standard input or from a descriptor that whoever
 * started us has opened; never from the command line, which others can see.
 */
#ifndef SF_CLI_KEYS_H
#define SF_CLI_KEYS_H

#include "cli/exit.h"
#include "cli/opt.h"
#include "engine/keys/keys.h"

/*
 * Reads the key file, with --kid-scheme, --per-ssrc-keys, --suite and
 * --metadata applied; *out is for sf_keyfile_drop(). On any outcome but
 * SF_EXIT_OK it has told why and *out is NULL.
 */
enum sf_exit sf_keyfile_load(
    struct sf_keyfile **out, const struct sf_config *c) SF_MUST_USE;

void sf_keyfile_drop(struct sf_keyfile *k); /* wipes; NULL is fine */

#endif
