/*
 * cmd_unwrap.c - any input as a capture of plain RTP: what stood around each
 * datagram is gone, and a comment on the packet tells what that was.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/announce.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/run.h"
#include "engine/capture/carried.h"
#include "engine/capture/pcapng_out.h"
#include "engine/capture/wrap.h"
#include "report/escape.h"
#include "report/version.h"

#define NAME_MAX_OCTETS 200 /* of an input, in a comment */
#define OURS_MAX        400 /* of a comment, what we say */
#define ETHERNET        1   /* LINKTYPE_ */
#define COMMENT_MAX     (4 * SF_COMMENT_MAX + OURS_MAX) /* an octet: \xNN */

/*
 * A run over what is written goes along: what it counts by itself need not be
 * noted for those who read the file, and all else is.
 */
struct unwrap {
	FILE *f;
	const struct sf_run *run;
	struct sf_pipeline *again;
	uint8_t frame[SF_WRAP_MAX + SF_WRAP_MOST]; /* as it is written */
	uint64_t packets;
	struct sf_announced announced;
};

/* The end of a file's name, in octets that any reader of comments takes. */
static void
plain_name(char out[NAME_MAX_OCTETS], const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t n = 0;

	if (strcmp(name, "-") == 0)
		name = "standard input";
	else if (slash != NULL && slash[1] != '\0')
		name = slash + 1;
	for (; name[n] != '\0' && n < NAME_MAX_OCTETS - 1; n++)
		out[n] = name[n] >= 0x20 && name[n] < 0x7f ? name[n] : '?';
	out[n] = '\0';
}

static const struct {
	enum sf_removed what;
	const char *words;
} removals[] = {
	{ SF_REMOVED_TUNNEL, "tunnel" },
	{ SF_REMOVED_FRAGMENTS, "IP fragments" },
	{ SF_REMOVED_TURN, "TURN" },
	{ SF_REMOVED_TCP, "TCP" },
	{ SF_REMOVED_SRTP, "SRTP" },
};

/* What the input's own comment on the packet says; empty when it has none. */
static size_t
copy_comment(char out[COMMENT_MAX], const struct sf_packet *pkt)
{
	size_t n =
	    sf_escape_copy(out, COMMENT_MAX, pkt->comment, SF_ESCAPE_TEXT);

	if (n > 0)
		n += (size_t)snprintf(out + n, COMMENT_MAX - n, "%s; ",
		    pkt->comment_cut ? "... (cut)" : "");
	return n;
}

static void
make_comment(char out[COMMENT_MAX], const char *name,
    const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	const char *before = "; removed: ";
	char plain[NAME_MAX_OCTETS];
	size_t at = copy_comment(out, pkt);

	plain_name(plain, name);
	snprintf(out + at, COMMENT_MAX - at, "%s, packet %" PRIu64, plain,
	    pkt->place.packet);
	for (size_t i = 0; i < sizeof(removals) / sizeof(removals[0]); i++) {
		if ((dg->removed & removals[i].what) == 0)
			continue;
		at = strlen(out);
		snprintf(out + at, COMMENT_MAX - at, "%s%s", before,
		    removals[i].words);
		before = ", ";
	}
}

/* Addresses that were made up are the same in every file: they are told apart
   here, as the files are no more. */
static struct sf_addr
address_of(const struct sf_addr *a, uint32_t input, struct sf_addr unknown)
{
	struct sf_addr out = a->family == 0 ? unknown : *a;

	if (sf_wrap_made_up(&out))
		out.ip[3] = (uint8_t)(out.ip[3] + input % 250);
	return out;
}

/* Tells Wireshark of RTP in front of the first packet between two addresses. */
static void
announce(
    struct unwrap *u, const struct sf_packet *pkt, const struct sf_wrapped *w)
{
	uint8_t frame[SF_ANNOUNCEMENT];
	size_t n = sf_announce(&u->announced, &w->src, &w->dst, frame);
	static const struct sf_carried nothing;
	char comment[COMMENT_MAX], plain[NAME_MAX_OCTETS];
	uint8_t carried[SF_CARRIED_MAX];
	struct sf_pcapng_out_packet out = { .interface = pkt->place.input,
		.time_ns = pkt->place.time_ns,
		.comment = comment,
		.carried =
		    sf_bytes(carried, sf_carried_put(carried, 0, &nothing)),
		.octets = sf_bytes(frame, n),
		.original = n };

	if (n == 0)
		return;
	plain_name(plain, u->run->inputs[pkt->place.input].name);
	snprintf(comment, sizeof(comment),
	    "not of the capture: written in front of %s, packet %" PRIu64
	    ", so that Wireshark takes it for RTP",
	    plain, pkt->place.packet);
	sf_pcapng_out_packet(u->f, &out);
}

/* What is written, to the run over it. */
static void
read_again(struct unwrap *u, const struct sf_packet *pkt,
    const struct sf_pcapng_out_packet *out, const struct sf_carried *carried)
{
	struct sf_packet again = *pkt;

	again.link_type = ETHERNET;
	again.octets = out->octets;
	again.wire_octets = out->original;
	again.carried = carried;
	sf_pipeline_packet(u->again, &again);
}

static void
write_datagram(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct unwrap *u = ctx;
	uint32_t input = pkt->place.input;
	uint8_t carried[SF_CARRIED_MAX];
	char comment[COMMENT_MAX];
	struct sf_carried was = { .records = dg->records,
		.removed = dg->removed,
		.beside = dg->beside };
	struct sf_wrapped w = { .src =
				    address_of(&dg->src, input, sf_wrap_near()),
		.dst = address_of(&dg->dst, input, sf_wrap_far()),
		.protocol = SF_WRAP_UDP,
		.payload = dg->payload,
		.octets = dg->wire_octets };
	struct sf_pcapng_out_packet out = { .interface = input,
		.time_ns = pkt->place.time_ns,
		.direction = pkt->direction != SF_DIR_UNKNOWN
				 ? pkt->direction
				 : (enum sf_direction)dg->direction,
		.comment = comment };
	size_t n;

	if (w.payload.n > SF_WRAP_MOST)
		w.payload.n = SF_WRAP_MOST;
	if (w.octets > SF_WRAP_MOST)
		w.octets = SF_WRAP_MOST;
	if (w.octets < w.payload.n)
		w.octets = w.payload.n;
	if (dg->via != NULL)
		was.via = *dg->via;
	was.has_media = pkt->media != NULL;
	if (was.has_media)
		was.media = *pkt->media;
	announce(u, pkt, &w);
	n = sf_wrap(u->frame, &w);
	memcpy(u->frame + n, w.payload.p, w.payload.n);
	make_comment(comment, u->run->inputs[input].name, pkt, dg);
	out.octets = sf_bytes(u->frame, n + w.payload.n);
	out.original = n + w.octets;
	out.carried =
	    sf_bytes(carried, sf_carried_put(carried, pkt->place.packet, &was));
	sf_pcapng_out_packet(u->f, &out);
	read_again(u, pkt, &out, &was);
	u->packets++;
}

static void
begin_file(struct unwrap *u)
{
	sf_pcapng_out_section(u->f, SF_NAME " " SF_VERSION);
	for (unsigned i = 0; i < u->run->n_inputs; i++) {
		char name[NAME_MAX_OCTETS];

		plain_name(name, u->run->inputs[i].name);
		sf_pcapng_out_interface(u->f, name);
	}
}

/* What the capturing sides say that they lost, and what was not written. */
static void
end_file(const struct unwrap *u)
{
	struct sf_carried_totals totals = { 0 };
	uint8_t octets[SF_CARRIED_TOTALS_OCTETS];

	sf_pipeline_finish(u->again);
	sf_carried_count(&totals, sf_pipeline_model(u->run->pipeline),
	    sf_pipeline_model(u->again));
	for (unsigned i = 0; i < u->run->n_inputs; i++) {
		const struct sf_capture_info *info = u->run->inputs[i].info;

		if (info != NULL && info->dropped > 0)
			sf_pcapng_out_lost(
			    u->f, i, info->last_ns, info->dropped);
		if (info != NULL)
			sf_carried_note_file(&totals, info);
	}
	sf_carried_totals_put(octets, &totals);
	sf_pcapng_out_totals(u->f, sf_bytes(octets, sizeof(octets)));
}

/* What the file is, in a line; nothing is said of what went well. */
static enum sf_exit
tell(const struct unwrap *u, const struct sf_run *run)
{
	const struct sf_model *m = sf_pipeline_model(run->pipeline);

	if (m->accounting.srtp > 0)
		sf_complain(NULL,
		    "%" PRIu64 " packets are still under SRTP and were "
		    "written so: give its keys (--keylog, --srtp-keys)",
		    m->accounting.srtp);
	if (u->announced.full)
		sf_complain(NULL,
		    "more than %u addresses: Wireshark will show packets of "
		    "the others as UDP (Decode As, or --enable-heuristic "
		    "rtp_udp)",
		    SF_ANNOUNCED / 2);
	if (run->logsdp.n > 0)
		sf_complain(NULL,
		    "session descriptions are in %s, and not in what was "
		    "written: to judge that as well, give the log with --sdp",
		    run->inputs[run->logsdp.places[0].input].name);
	if (run->unreadable > 0)
		return SF_EXIT_INPUT;
	if (u->packets == 0) {
		sf_complain(NULL, "no RTP was found: the file has no packet");
		return SF_EXIT_INCONCLUSIVE;
	}
	return SF_EXIT_OK;
}

static enum sf_exit
write_all(struct unwrap *u, struct sf_run *run, struct sf_output *out)
{
	enum sf_exit st;
	bool any;

	begin_file(u);
	any = sf_run_read(run);
	end_file(u);
	st = any ? tell(u, run) : SF_EXIT_INPUT;
	if (!sf_output_close(out, any))
		st = SF_EXIT_INTERNAL;
	out->f = NULL;
	return st;
}

/* Both runs, in half of the memory each; but what takes packets apart has all
   the room that it would have for check, and nothing to do in the other run. */
static enum sf_exit
unwrap_into(struct sf_output *out, const struct sf_config *c)
{
	size_t memory = (size_t)c->max_memory / 2;
	struct sf_pipeline_options again = { .limits = sf_limits_for(memory) };
	struct unwrap *u = calloc(1, sizeof(*u));
	struct sf_run_hooks hooks = { .datagram = write_datagram,
		.datagram_ctx = u,
		.transport_memory = 2 * memory };
	struct sf_run run = { 0 };
	enum sf_exit st = SF_EXIT_INTERNAL;

	again.limits.transport_octets = 0;
	if (u == NULL || (u->again = sf_pipeline_new(&again)) == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		goto out;
	}
	u->f = out->f;
	u->run = &run;
	st = sf_run_init_hooked(&run, c, memory, &hooks);
	if (st == SF_EXIT_OK)
		st = write_all(u, &run, out);
out:
	sf_run_wipe(&run);
	if (u != NULL)
		sf_pipeline_free(u->again);
	free(u);
	return st;
}

enum sf_exit
sf_cmd_unwrap(const struct sf_config *c)
{
	struct sf_config mine = *c;
	struct sf_output out = { 0 };
	enum sf_exit st;

	if (c->write == NULL) {
		sf_complain(NULL,
		    "unwrap: say with -w where to write; - is standard "
		    "output");
		return SF_EXIT_USAGE;
	}
	if (strcmp(c->write, "-") == 0 && isatty(STDOUT_FILENO) == 1) {
		sf_complain(NULL,
		    "unwrap: a capture is nothing for a terminal; write it to "
		    "a file, or into a pipe");
		return SF_EXIT_USAGE;
	}
	mine.output = c->write;
	st = sf_output_open(&out, &mine);
	if (st == SF_EXIT_OK)
		st = unwrap_into(&out, c);
	if (out.f != NULL && !sf_output_close(&out, false))
		st = SF_EXIT_INTERNAL;
	return st;
}
