#include "cli/rtxdiff.h"

#include <stdlib.h>
#include <string.h>

#include "cli/run.h"
#include "parsers/rtp/rtp.h"

#define WATCHED 8    /* repair streams */
#define KEPT    1024 /* packets of a stream that are kept, by number */
#define OCTETS  2048 /* of each */
#define EACH    2    /* examples of a repair stream */

struct kept {
	uint64_t packet; /* 0: none */
	uint16_t seq;
	uint16_t n;
	uint8_t octets[OCTETS];
};

/* A repair stream, and the latest packets of what it repairs. */
struct watch {
	const struct sf_stream *of, *rtx;
	uint32_t row;
	unsigned found;
	struct kept *kept;
};

struct search {
	struct sf_comparison *c;
	struct watch watches[WATCHED];
	unsigned n;
	struct sf_extent all;
};

static bool
is_of(const struct sf_stream *s, const struct sf_datagram *dg, uint32_t ssrc)
{
	return s->ssrc == ssrc &&
	       memcmp(&s->src, &dg->src, sizeof(s->src)) == 0 &&
	       memcmp(&s->dst, &dg->dst, sizeof(s->dst)) == 0;
}

static void
keep(struct watch *w, const struct sf_packet *pkt, const struct sf_rtp *rtp)
{
	struct kept *k = &w->kept[rtp->seq % KEPT];

	/* the first counts, as for the engine */
	if (rtp->payload.n > OCTETS || (k->packet != 0 && k->seq == rtp->seq))
		return;
	k->packet = pkt->place.packet;
	k->seq = rtp->seq;
	k->n = (uint16_t)rtp->payload.n;
	memcpy(k->octets, rtp->payload.p, rtp->payload.n);
}

static void
hold_against(struct search *s, struct watch *w,
    const struct sf_packet *pkt, const struct sf_rtp *rtp)
{
	struct sf_bytes in = rtp->payload, again;
	struct sf_comparison *c = s->c;
	const struct kept *k;
	uint16_t seq;

	if (in.n < 3)
		return;
	seq = (uint16_t)(in.p[0] << 8 | in.p[1]);
	k = &w->kept[seq % KEPT];
	again = sf_bytes(in.p + 2, in.n - 2);
	if (k->packet == 0 || k->seq != seq ||
	    (k->n == again.n && memcmp(k->octets, again.p, again.n) == 0))
		return;
	if (s->all.first.packet == 0)
		s->all.first = pkt->place;
	s->all.last = pkt->place;
	if (w->found == EACH || c->n_rtx_shown == SF_RTX_SHOWN)
		return;
	w->found++;
	c->rtx_shown[c->n_rtx_shown++] = (struct sf_rtx_example){
		.row = w->row,
		.original = k->packet,
		.packet = pkt->place.packet,
		.time_ns = pkt->place.time_ns,
		.seq = seq,
		.octets = { k->n, (uint32_t)again.n },
		.how = sf_alter(sf_bytes(k->octets, k->n), again, 0),
	};
}

/* An sf_tap; ctx is a struct search. */
static void
take(void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct search *s = ctx;
	struct sf_rtp rtp;
	struct sf_diag d;

	if (dg->cut || dg->sealed ||
	    sf_rtp_parse(&rtp, dg->payload, &d) != SF_OK)
		return;
	for (unsigned i = 0; i < s->n; i++) {
		struct watch *w = &s->watches[i];

		if (is_of(w->of, dg, rtp.ssrc))
			keep(w, pkt, &rtp);
		else if (is_of(w->rtx, dg, rtp.ssrc))
			hold_against(s, w, pkt, &rtp);
	}
}

static bool
watch_row(struct search *s, const struct sf_model *m, uint32_t row)
{
	const struct sf_compared *r = &s->c->rows[row];

	for (const struct sf_stream *x = m->streams;
	     x != NULL && r->rtx_differs > 0 && s->n < WATCHED; x = x->next) {
		struct watch *w = &s->watches[s->n];

		if (x->kind != SF_KIND_REPAIR || x->repairs != r->b->id ||
		    x->evidence.conflicts == 0)
			continue;
		*w = (struct watch){ r->b, x, row, 0,
			calloc(KEPT, sizeof(*w->kept)) };
		if (w->kept == NULL)
			return false;
		s->n++;
	}
	return true;
}

static void
read_again(struct search *s, const struct sf_config *b, const uint8_t *codecs)
{
	struct sf_run_hooks hooks = { .datagram = take,
		.datagram_ctx = s,
		.codecs = codecs };
	struct sf_config config = *b;
	struct sf_run run;

	config.quiet = true;
	if (sf_run_init_hooked(&run, &config, (size_t)16 << 20, &hooks) !=
		SF_EXIT_OK ||
	    !sf_run_read(&run)) {
		s->c->n_rtx_shown = 0;
		s->all = (struct sf_extent){ 0 };
	}
	sf_run_wipe(&run);
}

void
sf_rtxdiff_find(struct sf_comparison *c, const struct sf_config *b,
    const struct sf_model *model, const uint8_t *codecs)
{
	struct search s = { .c = c };
	bool good = true;

	if (c->rtx_differs == 0 || strcmp(b->operands.v[0], "-") == 0)
		return; /* standard input comes once */
	for (uint32_t i = 0; good && i < c->n_rows; i++)
		good = watch_row(&s, model, i);
	if (good && s.n > 0)
		read_again(&s, b, codecs);
	for (unsigned i = 0; i < c->n_findings; i++)
		if (c->findings[i].kind == SF_EXTENT_RTX)
			c->findings[i].at = s.all;
	for (unsigned i = 0; i < s.n; i++)
		free(s.watches[i].kept);
}
