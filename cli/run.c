/*
 * run.c - one run over the captures of the command line.
 */
#include "cli/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/keys.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/sdp.h"
#include "cli/secret.h"
#include "engine/base/digest.h"
#include "report/words.h"

/* ---- setting up ---------------------------------------------------------- */

static bool
inputs_make_sense(const struct sf_config *c)
{
	unsigned standard = 0;

	for (unsigned i = 0; i < c->operands.n; i++)
		standard += strcmp(c->operands.v[i], "-") == 0;
	for (unsigned i = 0; i < c->sdp.n; i++)
		standard += strcmp(c->sdp.v[i], "-") == 0;
	standard += c->keys != NULL && strcmp(c->keys, "-") == 0;
	standard += c->policy != NULL && strcmp(c->policy, "-") == 0;
	standard += c->events != NULL && strcmp(c->events, "-") == 0;
	standard +=
	    c->srtp_keys != NULL && sf_secret_is_standard_input(c->srtp_keys);
	standard += c->keylog != NULL && sf_secret_is_standard_input(c->keylog);
	if (standard > 1)
		sf_complain(NULL, "standard input (-) can be read only once");
	return standard <= 1;
}

static bool
filter_makes_sense(const struct sf_config *c)
{
	char message[256];

	if (c->filter == NULL ||
	    sf_capture_filter_check(c->filter, message, sizeof(message)))
		return true;
	sf_complain(NULL,
	    "--filter is not a capture filter: %s (the language is "
	    "that of pcap-filter(7))",
	    message);
	return false;
}

static bool
take_inputs(struct sf_run *run)
{
	const struct sf_texts *names = &run->config->operands;

	run->inputs = calloc(names->n, sizeof(*run->inputs));
	run->infos = calloc(names->n, sizeof(*run->infos));
	if (run->inputs == NULL || run->infos == NULL)
		return false;
	run->n_inputs = names->n;
	for (unsigned i = 0; i < names->n; i++)
		run->inputs[i] =
		    (struct sf_input){ names->v[i], &run->infos[i] };
	return true;
}

/* Keys, when there are any: ready for use, and as they were given. */
static enum sf_exit
read_keys(struct sf_run *run)
{
	enum sf_exit st;

	if (run->config->keys == NULL)
		return SF_EXIT_OK;
	st = sf_keyfile_load(&run->keyfile, run->config);
	if (st != SF_EXIT_OK)
		return st;
	run->keys = sf_keys_new(&sf_crypto_ossl, run->keyfile);
	run->dialect_keys = sf_dialect_keys_new(&sf_crypto_ossl, run->keyfile);
	if (run->keys != NULL && run->dialect_keys != NULL)
		return SF_EXIT_OK;
	sf_complain(NULL, "not enough memory for the keys");
	return SF_EXIT_INTERNAL;
}

/* Without --sdp, logs may hold descriptions: known before the first packet where
   the file can be read twice. What a log dumps is not under SRTP: keys are for
   captures beside it. */
static void
look_into_logs(struct sf_run *run)
{
	const struct sf_texts *names = &run->config->operands;
	unsigned logs = 0;

	for (unsigned i = 0; i < names->n && run->config->sdp.n == 0; i++)
		logs += sf_logsdp_file(&run->logsdp, names->v[i], i);
	sf_logsdp_read(&run->logsdp);
	if (logs < names->n)
		sf_logsdp_keys(&run->logsdp, run->srtp.entries);
}

enum sf_exit
sf_run_init(struct sf_run *run, const struct sf_config *config, size_t memory,
    sf_frame_sink *sink, void *sink_ctx)
{
	struct sf_run_hooks hooks = { .sink = sink, .sink_ctx = sink_ctx };

	return sf_run_init_hooked(run, config, memory, &hooks);
}

enum sf_exit
sf_run_init_hooked(struct sf_run *run, const struct sf_config *config,
    size_t memory, const struct sf_run_hooks *hooks)
{
	struct sf_pipeline_options options = {
		.jobs = hooks->one_thread ? 1 : sf_config_jobs(config),
		.sink = hooks->sink,
		.sink_ctx = hooks->sink_ctx,
		.frame_tap = hooks->tap,
		.frame_tap_ctx = hooks->tap_ctx,
		.codecs = hooks->codecs,
		.whole_hash = hooks->whole_hash,
		.tap = hooks->datagram,
		.tap_ctx = hooks->datagram_ctx,
	};
	enum sf_exit st;

	*run = (struct sf_run){ .config = config };
	if (!inputs_make_sense(config) || !filter_makes_sense(config))
		return SF_EXIT_USAGE;
	if (!sf_srtp_run_init(&run->srtp)) {
		sf_complain(NULL, "not enough memory");
		return SF_EXIT_INTERNAL;
	}
	st = sf_sdp_load(&run->sdp, &config->sdp, run->srtp.entries);
	look_into_logs(run);
	if (st == SF_EXIT_OK)
		st = sf_srtp_run_load(&run->srtp, config);
	if (st == SF_EXIT_OK)
		st = read_keys(run);
	if (st != SF_EXIT_OK)
		return st;
	options.limits = sf_limits_for(
	    memory - sf_handshakes_octets(&run->srtp, config, memory));
	if (hooks->transport_memory > memory)
		options.limits.transport_octets =
		    sf_limits_for(hooks->transport_memory).transport_octets;
	options.sdp = run->sdp != NULL ? run->sdp : run->logsdp.sdp;
	options.srtp = run->srtp.srtp;
	options.dtls = run->srtp.dtls;
	options.unlock = (struct sf_unlock){ .keys = run->keys,
		.dialects = run->dialect_keys,
		.file = run->keyfile,
		.crypto = run->keys == NULL ? NULL : &sf_crypto_ossl };
	if (!take_inputs(run) ||
	    !sf_handshakes_init(
		&run->handshakes, &run->srtp, config, &options.limits) ||
	    !sf_handshakes_files(&run->handshakes) ||
	    (run->pipeline = sf_pipeline_new(&options)) == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		return SF_EXIT_INTERNAL;
	}
	return SF_EXIT_OK;
}

/* ---- reading ------------------------------------------------------------- */

static void
complain_open(const char *name, enum sf_capture_status st,
    const struct sf_capture_info *info)
{
	const char *hint =
	    "no capture format that is known here (see: list formats)";

	if (st == SF_CAPTURE_EMPTY)
		sf_complain(
		    name, "the file is empty: nothing was captured into it");
	else if (st == SF_CAPTURE_SYSTEM && info != NULL)
		sf_complain(name, "cannot be read: %s",
		    info->error_number != 0 ? strerror(info->error_number)
					    : "the system refused");
	else if (st == SF_CAPTURE_UNKNOWN)
		sf_complain(name, "not a capture: %s",
		    info != NULL && info->hint != NULL ? info->hint : hint);
	else if (st == SF_CAPTURE_DAMAGED)
		sf_complain(name,
		    "damaged at its very beginning: nothing in it "
		    "can be read");
	else
		sf_complain(name, "cannot be read: not enough memory");
}

/* How the reading of a capture ended; false when nothing can be judged. */
static bool
complain_end(const char *name, enum sf_capture_status st,
    const struct sf_capture_info *info)
{
	const char *field = info->diag.field;

	if (st == SF_CAPTURE_SYSTEM) {
		sf_complain(name, "cannot be read after packet %" PRIu64 ": %s",
		    info->packets,
		    info->error_number != 0 ? strerror(info->error_number)
					    : "the system refused");
		return false;
	}
	if (st == SF_CAPTURE_DAMAGED) {
		sf_complain(name,
		    "damaged at octet %" PRIu64 "%s, after packet %" PRIu64
		    " (%s); %s",
		    info->damaged_at, sf_words_inside(info), info->packets,
		    field != NULL ? field : "the file ends early",
		    info->packets > 0 ? "judged up to there"
				      : "nothing could be judged");
		return info->packets > 0;
	}
	return true;
}

/* A key log inside a capture. */
static void
take_secrets(void *ctx, struct sf_bytes text)
{
	struct sf_run *run = ctx;

	if (!sf_pipeline_secrets(run->pipeline, text))
		sf_complain(
		    NULL, "not enough memory for the secrets in the capture");
}

/* A description in a log that can be read but once. */
static void
take_description(void *ctx, const struct sf_sdplog_found *f)
{
	struct sf_run *run = ctx;
	unsigned before = run->logsdp.n;

	sf_logsdp_take(&run->logsdp, f);
	if (run->logsdp.n == before)
		return;
	sf_logsdp_read(&run->logsdp);
	sf_pipeline_sdp(run->pipeline, run->logsdp.sdp);
}

/* Feeds one capture to the pipeline; false when nothing of it can be judged. */
static bool
read_capture(struct sf_run *run, unsigned i, struct sf_progress *progress)
{
	const char *name = run->inputs[i].name;
	struct sf_capture_options options = {
		.filter = run->config->filter,
		.want_sha256 = run->config->command != SF_CMD_decode &&
			       run->config->format != SF_FORMAT_TEXT,
		.input = i,
	};
	struct sf_capture *c = NULL;
	struct sf_packet pkt;
	uint64_t n = 0;
	enum sf_capture_status st;
	bool good = false;

	run->logsdp.input = i;
	if (!sf_logsdp_rereads(name)) { /* else they are known */
		options.secrets = take_secrets;
		options.secrets_ctx = run;
	}
	if (run->sdp == NULL && !sf_logsdp_rereads(name)) {
		options.descriptions = take_description;
		options.descriptions_ctx = run;
	}
	st = sf_capture_open(&c, name, &options);

	if (st == SF_CAPTURE_OK) {
		while ((st = sf_capture_next(c, &pkt)) == SF_CAPTURE_OK) {
			sf_handshakes_packet(
			    &run->handshakes, run->pipeline, &pkt);
			sf_progress_feed(progress, name, ++n);
		}
		sf_handshakes_end(&run->handshakes, run->pipeline);
		sf_progress_end(progress);
		run->infos[i] = *sf_capture_info(c);
		if (run->infos[i].unfilterable > 0)
			sf_complain(name,
			    "%" PRIu64
			    " packets have a link type that the filter "
			    "cannot be compiled for; they were left out",
			    run->infos[i].unfilterable);
		good = complain_end(name, st, &run->infos[i]);
	} else {
		complain_open(name, st, c == NULL ? NULL : sf_capture_info(c));
		if (sf_logsdp_has(&run->logsdp, i))
			sf_complain(name, "it holds session descriptions: give "
					  "it with --sdp, "
					  "beside a capture");
	}
	sf_capture_close(c);
	return good;
}

bool
sf_run_read(struct sf_run *run)
{
	struct sf_progress progress = sf_progress(!run->config->quiet);

	for (unsigned i = 0; i < run->n_inputs; i++)
		if (!read_capture(run, i, &progress))
			run->unreadable++;
	sf_pipeline_limit(run->pipeline, SF_LIMIT_SDP,
	    run->logsdp.unread + run->logsdp.too_large);
	sf_pipeline_finish(run->pipeline);
	/* a filter leaves out what cannot be told from the rest here */
	for (unsigned i = 0; i < run->n_inputs && run->config->filter == NULL;
	     i++)
		sf_pipeline_carried(run->pipeline, &run->infos[i].totals, i);
	return run->unreadable < run->n_inputs;
}

void
sf_run_wipe(struct sf_run *run)
{
	sf_keys_free(run->keys);
	sf_dialect_keys_free(run->dialect_keys);
	sf_keyfile_drop(run->keyfile);
	sf_handshakes_wipe(&run->handshakes);
	sf_pipeline_free(run->pipeline);
	free(run->infos);
	free(run->inputs);
	free(run->sdp);
	sf_logsdp_wipe(&run->logsdp);
	sf_srtp_run_wipe(&run->srtp);
	*run = (struct sf_run){ 0 };
}

struct sf_tool_info
sf_run_tool(void)
{
	return (struct sf_tool_info){ .openssl = sf_digest_library(),
		.libpcap = sf_capture_library() };
}
