#include "engine/streams/rtcp.h"

#include <string.h>

#include "parsers/rtp/rtcpfacts.h"
#include "parsers/rtp/rtcpfb.h"

/* ---- names and reports ---------------------------------------------------- */

static void
name_sources(struct sf_streams *s, struct sf_bytes body)
{
	struct sf_rtcp_sdes x;
	struct sf_diag d;

	while (body.n != 0 && sf_rtcp_sdes_parse(&x, body, &d) == SF_OK) {
		size_t n =
		    x.cname.n < SF_TEXT_MAX - 1 ? x.cname.n : SF_TEXT_MAX - 1;
		struct sf_naming *name = sf_streams_naming(s, x.ssrc);

		name->described = true;
		if (n != 0) {
			memcpy(name->cname, x.cname.p, n);
			name->cname[n] = '\0';
		}
		body = x.payload;
	}
}

static void
hear_blocks(struct sf_streams *s, unsigned n, struct sf_bytes rest)
{
	struct sf_rtcp_block b;
	struct sf_diag d;

	for (unsigned i = 0; i < n; i++) {
		struct sf_feedback *f;

		if (sf_rtcp_block_parse(&b, rest, &d) != SF_OK)
			return;
		f = &sf_streams_naming(s, b.ssrc)->feedback;
		f->reports++;
		f->reported_lost = b.lost;
		if (b.fraction > f->worst_fraction)
			f->worst_fraction = b.fraction;
		rest = b.payload;
	}
}

static void
hear_sender(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_sender sent;
	struct sf_naming *name;
	struct sf_diag d;

	if (sf_rtcp_sender_parse(&sent, r->body, &d) != SF_OK)
		return;
	name = sf_streams_naming(s, sent.ssrc);
	name->reports++;
	name->sent = sent.packets;
	hear_blocks(s, r->count, sent.payload);
}

static void
hear_receiver(struct sf_streams *s, const struct sf_rtcp *r)
{
	if (r->has_ssrc)
		hear_blocks(
		    s, r->count, sf_bytes(r->body.p + 4, r->body.n - 4));
}

static void
hear_names(struct sf_streams *s, const struct sf_rtcp *r)
{
	name_sources(s, r->body);
}

static uint32_t
word_at(struct sf_bytes in, size_t i)
{
	const uint8_t *at = in.p + 4 * i;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void
hear_bye(struct sf_streams *s, const struct sf_rtcp *r)
{
	for (size_t i = 0; i < r->count && (i + 1) * 4 <= r->body.n; i++)
		sf_streams_naming(s, word_at(r->body, i))->bye = true;
}

/* ---- feedback ------------------------------------------------------------- */

/* What it is about, and its control information. */
static bool
feedback_of(struct sf_rtcp_feedback *f, const struct sf_rtcp *r)
{
	struct sf_diag d;

	return sf_rtcp_feedback_parse(f, r->body, &d) == SF_OK;
}

static void
hear_nack(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_feedback f;
	struct sf_rtcp_nack n;
	struct sf_feedback *of;
	struct sf_diag d;

	if (!feedback_of(&f, r))
		return;
	of = &sf_streams_naming(s, f.media)->feedback;
	of->nacks++;
	for (struct sf_bytes rest = f.payload; rest.n != 0; rest = n.payload) {
		if (sf_rtcp_nack_parse(&n, rest, &d) != SF_OK)
			return;
		of->nacked += n.packets;
	}
}

static void
hear_pli(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_feedback f;

	if (feedback_of(&f, r))
		sf_streams_naming(s, f.media)->feedback.plis++;
}

static void
hear_fir(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_feedback f;
	struct sf_rtcp_fir one;
	struct sf_diag d;

	if (!feedback_of(&f, r))
		return;
	for (struct sf_bytes rest = f.payload; rest.n != 0;
	     rest = one.payload) {
		if (sf_rtcp_fir_parse(&one, rest, &d) != SF_OK)
			return;
		sf_streams_naming(s, one.ssrc)->feedback.firs++;
	}
}

/* Application layer feedback with the name "REMB". */
static bool
is_remb(struct sf_rtcp_remb *remb, const struct sf_rtcp *r)
{
	struct sf_rtcp_feedback f;
	struct sf_diag d;

	return feedback_of(&f, r) &&
	       sf_rtcp_remb_parse(remb, f.payload, &d) == SF_OK;
}

static void
hear_remb(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_remb remb;

	if (!is_remb(&remb, r))
		return;
	for (size_t i = 0; i < remb.count; i++) {
		struct sf_feedback *of =
		    &sf_streams_naming(s, word_at(remb.ssrcs, i))->feedback;

		of->rembs++;
		of->bitrate = remb.bitrate;
	}
}

static void
hear_transport(struct sf_streams *s, const struct sf_rtcp *r)
{
	struct sf_rtcp_feedback f;
	struct sf_rtcp_twcc t;
	struct sf_diag d;

	if (!feedback_of(&f, r) ||
	    sf_rtcp_twcc_parse(&t, f.payload, &d) != SF_OK)
		return;
	s->model->rtcp.twcc_packets += t.packets;
	s->model->rtcp.twcc_received += t.received;
}

/* ---- which is which ------------------------------------------------------- */

#define ANY 0xff

/* clang-format off */
static const struct {
	uint8_t type, fmt; /* ANY: whatever count is */
	enum sf_rtcp_kind kind;
	void (*hear)(struct sf_streams *s, const struct sf_rtcp *r);
} rows[] = {
	{ 200, ANY, SF_RTCP_SR,    hear_sender    },
	{ 201, ANY, SF_RTCP_RR,    hear_receiver  },
	{ 202, ANY, SF_RTCP_SDES,  hear_names     },
	{ 203, ANY, SF_RTCP_BYE,   hear_bye       },
	{ 204, ANY, SF_RTCP_APP,   NULL           },
	{ 205,   1, SF_RTCP_NACK,  hear_nack      },
	{ 205,   3, SF_RTCP_TMMB,  NULL           },
	{ 205,   4, SF_RTCP_TMMB,  NULL           },
	{ 205,  11, SF_RTCP_CCFB,  NULL           }, /* RFC 8888 */
	{ 205,  15, SF_RTCP_TWCC,  hear_transport },
	{ 206,   1, SF_RTCP_PLI,   hear_pli       },
	{ 206,   2, SF_RTCP_SLI,   NULL           },
	{ 206,   3, SF_RTCP_RPSI,  NULL           },
	{ 206,   4, SF_RTCP_FIR,   hear_fir       },
	{ 206,  10, SF_RTCP_LRR,   NULL           }, /* RFC 9627 */
	{ 206,  15, SF_RTCP_AFB,   hear_remb      }, /* or REMB */
	{ 207, ANY, SF_RTCP_XR,    NULL           }, /* RFC 3611 */
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static size_t
row_of(const struct sf_rtcp *r)
{
	size_t i = 0;

	while (i < ROWS && (rows[i].type != r->type ||
			       (rows[i].fmt != ANY && rows[i].fmt != r->count)))
		i++;
	return i;
}

enum sf_rtcp_kind
sf_rtcp_kind_of(const struct sf_rtcp *r)
{
	struct sf_rtcp_remb remb;
	size_t i = row_of(r);

	if (i == ROWS)
		return SF_RTCP_OTHER;
	if (rows[i].kind == SF_RTCP_AFB && is_remb(&remb, r))
		return SF_RTCP_REMB;
	return rows[i].kind;
}

static void
hear(struct sf_streams *s, const struct sf_rtcp *r)
{
	size_t i = row_of(r);

	if (i < ROWS && rows[i].hear != NULL)
		rows[i].hear(s, r);
	s->model->rtcp.packets[sf_rtcp_kind_of(r)]++;
}

bool
sf_rtcp_ends_exactly(struct sf_bytes in)
{
	struct sf_rtcp r;
	struct sf_diag d;

	while (in.n != 0) {
		if (sf_rtcp_parse(&r, in, &d) != SF_OK || r.type < 192 ||
		    r.type > 223)
			return false;
		in = r.payload;
	}
	return true;
}

bool
sf_rtcp_feed(struct sf_streams *s, struct sf_bytes compound)
{
	struct sf_rtcp r;
	struct sf_diag d;

	if (!sf_rtcp_ends_exactly(compound))
		return false;
	while (compound.n != 0 && sf_rtcp_parse(&r, compound, &d) == SF_OK) {
		hear(s, &r);
		compound = r.payload;
	}
	return true;
}
