/*
 * cmd_decode.c - one line per frame, in the order of their packets; and with
 * --rtcp one for each packet of RTCP.
 */
#include <inttypes.h>

#include "cli/cmd.h"
#include "cli/order.h"
#include "cli/output.h"
#include "cli/run.h"
#include "parsers/rtp/demux.h"
#include "report/rtcp.h"

#define MOST_HELD  65536 /* frames that wait for their turn */
#define LEAST_HELD 4096
#define MOST_RTCP  ((uint64_t)8 << 20) /* octets of RTCP that wait */

struct printer {
	struct sf_output out;
	struct sf_report_style style;
	bool json, headed; /* headed: the column names are not to come */
	uint64_t frames, whole,
	    srtp; /* complete ones; those still under SRTP */
	uint64_t compounds;
};

/* The names come with the first line: nothing read, nothing printed. */
static void
print_heading(struct printer *p)
{
	if (!p->headed)
		sf_frame_text_header(p->out.f, &p->style);
	p->headed = true;
}

static void
print_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct printer *p = ctx;

	print_heading(p);
	p->frames++;
	p->whole += ev->complete;
	p->srtp += ev->hop;
	if (p->json)
		sf_frame_json(p->out.f, ev);
	else
		sf_frame_text(p->out.f, ev, &p->style);
}

static void
print_rtcp(void *ctx, const struct sf_compound *c)
{
	struct printer *p = ctx;

	print_heading(p);
	p->compounds++;
	if (p->json)
		sf_rtcp_json(p->out.f, c);
	else
		sf_rtcp_text(p->out.f, c, &p->style);
}

static void
take_datagram(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct sf_compound c = { .place = pkt->place,
		.src = dg->src,
		.dst = dg->dst,
		.cut = dg->cut,
		.octets = dg->payload };
	struct sf_demux m;
	struct sf_diag d;

	if (sf_demux_parse(&m, dg->payload, &d) == SF_OK &&
	    m.proto == SF_PROTO_RTCP)
		sf_order_rtcp(ctx, &c);
}

/* An eighth of the memory is for frames that wait. */
static size_t
room_for(uint64_t memory)
{
	uint64_t room = memory / 8 / sf_order_octets;

	if (room < LEAST_HELD)
		return LEAST_HELD;
	return room > MOST_HELD ? MOST_HELD : (size_t)room;
}

static size_t
room_for_rtcp(const struct sf_config *c)
{
	uint64_t room = c->max_memory / 32;

	if (!c->rtcp)
		return 0;
	return (size_t)(room > MOST_RTCP ? MOST_RTCP : room);
}

static enum sf_exit
decode_into(
    struct printer *p, const struct sf_config *c, struct sf_order *order)
{
	struct sf_run run;
	struct sf_run_hooks hooks = { .sink = sf_order_frame,
		.sink_ctx = order,
		.one_thread = c->rtcp,
		.datagram = c->rtcp ? take_datagram : NULL,
		.datagram_ctx = order };
	uint64_t memory = c->max_memory - c->max_memory / 8 - room_for_rtcp(c);
	enum sf_exit st = sf_run_init_hooked(&run, c, (size_t)memory, &hooks);
	bool any = false;

	if (st != SF_EXIT_OK) {
		sf_run_wipe(&run);
		return st;
	}
	any = sf_run_read(&run);
	sf_order_flush(order);
	if (run.unreadable > 0)
		st = SF_EXIT_INPUT;
	else if (p->frames + p->compounds == 0)
		st = SF_EXIT_INCONCLUSIVE;
	if (p->srtp > 0)
		sf_complain(NULL,
		    "%" PRIu64 " of %" PRIu64 " frames are still under SRTP: "
		    "whether SFrame is inside cannot be said. Give its keys "
		    "with --srtp-keys or --keylog, or the a=crypto of --sdp",
		    p->srtp, p->whole);
	sf_run_wipe(&run);
	if (!sf_output_close(&p->out, any))
		st = SF_EXIT_INTERNAL;
	p->out.f = NULL;
	return st;
}

enum sf_exit
sf_cmd_decode(const struct sf_config *c)
{
	bool json = c->format != SF_FORMAT_TEXT;
	struct printer p = { .json = json, .headed = json || c->quiet };
	struct sf_order *order =
	    sf_order_new(room_for(c->max_memory), print_frame, &p);
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (order == NULL || (c->rtcp && !sf_order_with_rtcp(order,
					     room_for_rtcp(c), print_rtcp))) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		sf_order_free(order);
		return st;
	}
	st = sf_output_open(&p.out, c);
	if (st == SF_EXIT_OK) {
		p.style = sf_output_style(&p.out, c);
		st = decode_into(&p, c, order);
	}
	if (p.out.f != NULL && !sf_output_close(&p.out, false))
		st = SF_EXIT_INTERNAL;
	sf_order_free(order);
	return st;
}
