/*
 * peers.h - what one implementation seals, another opens: all of them, and ours.
 */
#ifndef SF_CONFORM_PEERS_H
#define SF_CONFORM_PEERS_H

#include "cli/conform/conform.h"
#include "cli/exit.h"
#include "cli/opt.h"

enum sf_exit sf_conform_peers(
    const struct sf_conform *run, const struct sf_config *c);

#endif
