#include "cli/handshakes.h"

#include <stdlib.h>

#include "cli/logsdp.h"
#include "cli/output.h"

#define WAIT_NS 10000000000LL /* once there are keys: for further ones */

static bool
has_secrets(const struct sf_srtp_run *srtp)
{
	return sf_dtls_facts_of(srtp->dtls).secrets > 0;
}

static bool
has_pipe(const struct sf_config *config)
{
	for (unsigned i = 0; i < config->operands.n; i++)
		if (!sf_logsdp_rereads(config->operands.v[i]))
			return true;
	return false;
}

/* A transport, and room for twice of what that holds (engine/base/limits.h). */
size_t
sf_handshakes_octets(const struct sf_srtp_run *srtp,
    const struct sf_config *config, size_t memory)
{
	return has_secrets(srtp) && has_pipe(config) ? memory / 16 * 3 : 0;
}

bool
sf_handshakes_init(struct sf_handshakes *h, struct sf_srtp_run *srtp,
    const struct sf_config *config, const struct sf_limits *limits)
{
	*h = (struct sf_handshakes){
		.srtp = srtp, .config = config, .limits = *limits
	};
	h->waits = has_secrets(srtp) && has_pipe(config);
	h->read = calloc(config->operands.n + 1, sizeof(*h->read));
	return h->read != NULL;
}

static void
drop_scan(struct sf_handshakes *h)
{
	sf_keyscan_free(h->scan);
	free(h->waiting.room);
	h->scan = NULL;
	h->waiting = (struct sf_waiting){ .room = NULL };
}

void
sf_handshakes_wipe(struct sf_handshakes *h)
{
	drop_scan(h);
	free(h->read);
	*h = (struct sf_handshakes){ .srtp = NULL };
}

/* ---- files ----------------------------------------------------------------- */

static void
take_secrets(void *ctx, struct sf_bytes text)
{
	struct sf_handshakes *h = ctx;

	if (!sf_dtls_secrets(h->srtp->dtls, text))
		sf_complain(
		    NULL, "not enough memory for the secrets in the capture");
}

/* What is wrong with a file shows when it is read for good. */
static void
scan_file(struct sf_handshakes *h, struct sf_keyscan *scan, unsigned i,
    struct sf_progress *progress)
{
	struct sf_capture_options options = { .filter = h->config->filter,
		.input = i };
	const char *name = h->config->operands.v[i];
	struct sf_capture *c;
	struct sf_packet pkt;
	uint64_t n = 0;

	if (sf_capture_open(&c, name, &options) == SF_CAPTURE_OK)
		while (sf_capture_next(c, &pkt) == SF_CAPTURE_OK) {
			sf_keyscan_packet(scan, &pkt);
			sf_progress_feed(progress, name, ++n);
		}
	sf_capture_close(c);
	h->read[i] = true;
}

bool
sf_handshakes_files(struct sf_handshakes *h)
{
	const struct sf_texts *names = &h->config->operands;
	struct sf_progress progress = sf_progress(!h->config->quiet);
	struct sf_keyscan *scan;

	for (unsigned i = 0; i < names->n; i++)
		if (sf_logsdp_rereads(names->v[i]))
			sf_capture_secrets(names->v[i], take_secrets, h);
	if (!has_secrets(h->srtp))
		return true;
	scan = sf_keyscan_new(h->srtp->dtls, &h->limits);
	if (scan == NULL)
		return false;
	for (unsigned i = 0; i < names->n; i++)
		if (sf_logsdp_rereads(names->v[i]))
			scan_file(h, scan, i, &progress);
	sf_keyscan_finish(scan);
	sf_keyscan_free(scan);
	sf_progress_end(&progress);
	return true;
}

/* ---- pipes ----------------------------------------------------------------- */

/* False without memory: then a pipe is read as it comes. */
static bool
begin_scan(struct sf_handshakes *h)
{
	size_t room = 2 * h->limits.transport_octets;

	h->scan = sf_keyscan_new(h->srtp->dtls, &h->limits);
	h->waiting = (struct sf_waiting){ .room = malloc(room), .size = room };
	if (h->scan != NULL && h->waiting.room != NULL)
		return true;
	drop_scan(h);
	return false;
}

static void
release(struct sf_handshakes *h, struct sf_pipeline *p)
{
	sf_pipeline_packet(p, sf_waiting_first(&h->waiting));
	sf_waiting_drop(&h->waiting);
}

static bool
waited_enough(const struct sf_handshakes *h, int64_t now)
{
	const struct sf_packet *first = sf_waiting_first(&h->waiting);
	int64_t ns = first == NULL ? 0 : now - first->place.time_ns;

	return (ns > WAIT_NS || ns < -WAIT_NS) &&
	       sf_srtp_has_keys(h->srtp->srtp);
}

void
sf_handshakes_packet(
    struct sf_handshakes *h, struct sf_pipeline *p, const struct sf_packet *pkt)
{
	bool read = h->read[pkt->place.input];

	if (read || !h->waits || (h->scan == NULL && !begin_scan(h))) {
		sf_pipeline_read_ahead(p, read);
		sf_pipeline_packet(p, pkt);
		return;
	}
	sf_pipeline_read_ahead(p, true);
	sf_keyscan_packet(h->scan, pkt);
	while (waited_enough(h, pkt->place.time_ns))
		release(h, p);
	while (!sf_waiting_put(&h->waiting, pkt)) {
		if (h->waiting.n == 0) { /* larger than all the room */
			sf_pipeline_packet(p, pkt);
			return;
		}
		release(h, p);
	}
}

void
sf_handshakes_end(struct sf_handshakes *h, struct sf_pipeline *p)
{
	if (h->scan != NULL)
		sf_keyscan_finish(h->scan);
	while (h->waiting.n > 0)
		release(h, p);
	drop_scan(h);
}
