/*
 * run.h - one run over the captures of the command line, for every command
 * that reads captures.
 */
#ifndef SF_RUN_H
#define SF_RUN_H

#include "checks/result.h"
#include "cli/exit.h"
#include "cli/handshakes.h"
#include "cli/logsdp.h"
#include "cli/opt.h"
#include "cli/srtp.h"
#include "engine/keys/keys.h"
#include "engine/pipeline.h"
#include "report/report.h"

struct sf_run {
	const struct sf_config *config;
	unsigned n_inputs;
	struct sf_input *inputs; /* in the order of the command line */
	struct sf_capture_info
	    *infos;              /* all zero for one that cannot be read */
	unsigned unreadable;     /* inputs of which nothing could be judged */
	struct sf_sdp *sdp;      /* of --sdp; NULL without it */
	struct sf_logsdp logsdp; /* without --sdp: what logs hold */
	struct sf_keyfile *keyfile; /* NULL without --keys */
	struct sf_dialect_keys *dialect_keys;
	struct sf_keys *keys; /* likewise */
	struct sf_srtp_run srtp;
	struct sf_handshakes handshakes;
	struct sf_pipeline *pipeline;
};

/*
 * Checks the filter, reads the session descriptions, takes the memory of the
 * run. On any outcome but SF_EXIT_OK it has told why. The run is to be wiped
 * in either case.
 */
enum sf_exit sf_run_init(struct sf_run *run, const struct sf_config *config,
    size_t memory, sf_frame_sink *sink, void *sink_ctx) SF_MUST_USE;

/* What compare and unwrap want beside what all want. */
struct sf_run_hooks {
	sf_frame_sink *sink;
	void *sink_ctx;
	sf_frame_tap *tap;
	void *tap_ctx;
	const uint8_t *codecs; /* engine/pipeline.h */
	bool whole_hash;
	bool one_thread;  /* the sink is called by the thread that reads */
	sf_tap *datagram; /* each RTP and RTCP datagram as it is inside */
	void *datagram_ctx;
	size_t transport_memory; /* tunnels, fragments and TCP have the room of
	                            a run with so much; 0: of this one */
};

/* The same with more hooks. */
enum sf_exit sf_run_init_hooked(struct sf_run *run,
    const struct sf_config *config, size_t memory,
    const struct sf_run_hooks *hooks) SF_MUST_USE;

/*
 * Reads all captures and finishes the pipeline. What cannot be read is told
 * and counted in unreadable. Returns false when that is all of them.
 */
bool sf_run_read(struct sf_run *run) SF_MUST_USE;

void sf_run_wipe(struct sf_run *run);

struct sf_tool_info sf_run_tool(void);

#endif
