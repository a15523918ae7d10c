/*
 * cmd_decode.c - one line per frame, in the order of their packets.
 */
#include <inttypes.h>

#include "cli/cmd.h"
#include "cli/order.h"
#include "cli/output.h"
#include "cli/run.h"

#define MOST_HELD  65536 /* frames that wait for their turn */
#define LEAST_HELD 4096

struct printer {
	struct sf_output out;
	struct sf_report_style style;
	bool json, headed; /* headed: the column names are not to come */
	uint64_t frames, whole,
	    srtp; /* complete ones; those still under SRTP */
};

static void
print_frame(void *ctx, const struct sf_frame_event *ev)
{
	struct printer *p = ctx;

	/* the names come with the first frame: nothing read, nothing printed */
	if (!p->headed)
		sf_frame_text_header(p->out.f, &p->style);
	p->headed = true;
	p->frames++;
	p->whole += ev->complete;
	p->srtp += ev->hop;
	if (p->json)
		sf_frame_json(p->out.f, ev);
	else
		sf_frame_text(p->out.f, ev, &p->style);
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

static enum sf_exit
decode_into(
    struct printer *p, const struct sf_config *c, struct sf_order *order)
{
	struct sf_run run;
	uint64_t memory = c->max_memory - c->max_memory / 8;
	enum sf_exit st =
	    sf_run_init(&run, c, (size_t)memory, sf_order_frame, order);
	bool any = false;

	if (st != SF_EXIT_OK) {
		sf_run_wipe(&run);
		return st;
	}
	any = sf_run_read(&run);
	sf_order_flush(order);
	if (run.unreadable > 0)
		st = SF_EXIT_INPUT;
	else if (p->frames == 0)
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

	if (order == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
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
