/*
 * srtp.h - what SRTP is removed with: --srtp-keys, --keylog, and the a=crypto
 * lines of --sdp.
 */
#ifndef SF_CLI_SRTP_H
#define SF_CLI_SRTP_H

#include "cli/exit.h"
#include "cli/opt.h"
#include "engine/srtp/dtls.h"

struct sf_srtp_run {
	struct sf_srtp *srtp;
	struct sf_dtls *dtls;
	struct sf_srtp_entries *entries; /* until sf_srtp_run_ready() */
};

/* False without memory. */
bool sf_srtp_run_init(struct sf_srtp_run *r);
void sf_srtp_run_wipe(struct sf_srtp_run *r); /* all zeros is fine */

/* Reads the files, and makes all keys ready, those of entries too. On any
   outcome but SF_EXIT_OK it has told why. */
enum sf_exit sf_srtp_run_load(
    struct sf_srtp_run *r, const struct sf_config *c) SF_MUST_USE;

#endif
