/*
 * handshakes.h - DTLS handshakes are read before the media that they have the
 * keys of: a file is read once for them alone, and what comes through a pipe
 * waits, so that a handshake may come behind.
 */
#ifndef SF_CLI_HANDSHAKES_H
#define SF_CLI_HANDSHAKES_H

#include "cli/progress.h"
#include "cli/srtp.h"
#include "engine/capture/capture.h"
#include "engine/pipeline.h"
#include "engine/srtp/keyscan.h"
#include "engine/srtp/waiting.h"

struct sf_handshakes {
	struct sf_srtp_run *srtp;
	const struct sf_config *config;
	struct sf_limits limits;
	bool *read; /* by input: its handshakes are known */
	bool waits; /* there is room for what comes through a pipe */
	struct sf_keyscan *scan; /* of a pipe; NULL while there is none */
	struct sf_waiting waiting;
};

/* What of the memory of a run packets may take that wait: some where there are
   secrets, and a pipe among the captures. */
size_t sf_handshakes_octets(const struct sf_srtp_run *srtp,
    const struct sf_config *config, size_t memory);

/* Borrows all; limits: those of the run. False without memory. */
bool sf_handshakes_init(struct sf_handshakes *h, struct sf_srtp_run *srtp,
    const struct sf_config *config, const struct sf_limits *limits);
void sf_handshakes_wipe(struct sf_handshakes *h); /* all zeros is fine */

/* Reads all captures that can be read twice, when there are secrets: given, or
   in one of them. False without memory. */
bool sf_handshakes_files(struct sf_handshakes *h);

/* A packet of an input, on its way to the pipeline, now or later. */
void sf_handshakes_packet(struct sf_handshakes *h, struct sf_pipeline *p,
    const struct sf_packet *pkt);

/* The input ends: what waits goes on its way. */
void sf_handshakes_end(struct sf_handshakes *h, struct sf_pipeline *p);

#endif
