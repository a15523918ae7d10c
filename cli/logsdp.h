/*
 * logsdp.h - the session descriptions that stand in logs among the captures, in
 * place of those of --sdp.
 */
#ifndef SF_CLI_LOGSDP_H
#define SF_CLI_LOGSDP_H

#include "engine/capture/capture.h"
#include "engine/sdp/sdp.h"
#include "engine/srtp/entry.h"

#define SF_LOGSDP_OCTETS ((size_t)1 << 20) /* of all of them */

/* All zero is ready for use. */
struct sf_logsdp {
	struct sf_sdp *sdp; /* NULL until one was found; this struct's own */
	uint32_t input;     /* where the next come from */
	unsigned n;         /* kept */
	uint64_t unread;    /* beyond the room for them */
	uint64_t too_large; /* each by itself */
	struct {
		uint64_t hash, line;
		uint32_t input;
		bool whole;
	} places[SF_SDP_DESCRIPTIONS];
	size_t octets;
	char *text;
	bool out_of_memory;
};

/* Takes one; ctx is a struct sf_logsdp. One that is there already is passed
   over. */
void sf_logsdp_take(void *ctx, const struct sf_sdplog_found *f);

/* Can the file be read twice? A pipe cannot. */
bool sf_logsdp_rereads(const char *path);

/* All that a file holds, if it can be read twice. Returns whether it is text. */
bool sf_logsdp_file(struct sf_logsdp *l, const char *path, uint32_t input);

/* Is one of that input among them? */
bool sf_logsdp_has(const struct sf_logsdp *l, uint32_t input);

/* Makes sdp out of what was taken. */
void sf_logsdp_read(struct sf_logsdp *l);

/* Keys of a=crypto lines. */
void sf_logsdp_keys(const struct sf_logsdp *l, struct sf_srtp_entries *entries);

void sf_logsdp_wipe(struct sf_logsdp *l);

#endif
