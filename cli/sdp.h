/*
 * sdp.h - the session descriptions of --sdp.
 */
#ifndef SF_CLI_SDP_H
#define SF_CLI_SDP_H

#include "cli/exit.h"
#include "cli/opt.h"
#include "engine/sdp/sdp.h"
#include "engine/srtp/entry.h"

/*
 * Reads all files as one text: SDP, or JSON around it. *out is NULL without
 * files, else to be freed. Keys of a=crypto lines go to entries. On any
 * outcome but SF_EXIT_OK it has told why.
 */
enum sf_exit sf_sdp_load(struct sf_sdp **out, const struct sf_texts *files,
    struct sf_srtp_entries *entries) SF_MUST_USE;

#endif
