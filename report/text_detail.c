/* text_detail.c - everything about a stream, for -v. */
#include <inttypes.h>

#include "report/address.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"
#include "report/via.h"

static void
put_captured(struct sf_para *p, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	sf_para_text(p, name);
	sf_para_text(p, text);
	sf_para_text(p, ";");
}

static void
put_identity(
    FILE *f, const struct sf_report_style *style, const struct sf_stream *s)
{
	struct sf_para p =
	    sf_para(f, style, SF_TEXT_DETAIL, SF_TEXT_DETAIL + 2);
	const char *origin = sf_origin_name(s->codec_from);
	char from[SF_TIME_MAX], to[SF_TIME_MAX];

	sf_time_clock(from, s->first.time_ns);
	sf_time_clock(to, s->last.time_ns);
	sf_para_format(&p, "packets %" PRIu64 "-%" PRIu64 ", %s-%s;",
	    s->first.packet, s->last.packet, from, to);
	sf_para_format(&p,
	    "%" PRIu64 " RTP, %" PRIu64 " duplicate, %" PRIu64 " late, %" PRIu64
	    " padding;",
	    s->packets, s->duplicates, s->late, s->padding_only);
	if (origin != NULL)
		sf_para_format(&p, "codec from %s;", origin);
	sf_para_text(&p, "payload types");
	for (unsigned i = 0; i < s->n_pts && i < SF_STREAM_PTS; i++)
		sf_para_format(&p, "%u", s->pts[i]);
	sf_para_text(&p, ";");
	put_captured(&p, "mid", s->mid);
	put_captured(&p, "rid", s->rid);
	if (s->name_ids.inferred && (s->mid[0] != '\0' || s->rid[0] != '\0'))
		sf_para_text(&p, "(by what header extensions hold: no SDP "
				 "lists them);");
	put_captured(&p, "CNAME", s->cname);
	if (s->dependency_id != 0)
		sf_para_format(&p, "frames by header extension %u%s;",
		    s->dependency_id,
		    s->dependency_inferred ? " (a dependency descriptor, it "
					     "seems)"
					   : "");
	if (s->spatial_layers != 0)
		sf_para_format(&p, "%u spatial and %u temporal layer%s;",
		    s->spatial_layers, s->temporal_layers,
		    s->temporal_layers == 1 ? "" : "s");
	if (s->signalled)
		sf_para_text(&p, "SDP says a=sframe;");
	if (s->moves > 0)
		sf_para_format(&p, "%u address changes;", s->moves);
	sf_para_text(&p, s->said_bye ? "ended by BYE" : "no BYE seen");
	sf_para_end(&p);
}

/* How many frames, and from where to where; the last of a paragraph. */
static void
put_span(struct sf_para *p, const char *before, uint64_t frames,
    const struct sf_place *first, const struct sf_place *last)
{
	char from[SF_TIME_MAX], to[SF_TIME_MAX];

	sf_time_clock(from, first->time_ns);
	sf_time_clock(to, last->time_ns);
	sf_para_format(p,
	    "%s%" PRIu64 " frame%s, packets %" PRIu64 "-%" PRIu64 ", %s-%s",
	    before, frames, frames == 1 ? "" : "s", first->packet, last->packet,
	    from, to);
	sf_para_end(p);
}

static void
put_uses(
    FILE *f, const struct sf_report_style *style, const struct sf_stream *s)
{
	for (const struct sf_key_use *k = s->keys; k; k = k->next) {
		struct sf_para p =
		    sf_para(f, style, SF_TEXT_DETAIL, SF_TEXT_DETAIL + 2);

		sf_para_format(
		    &p, "KID %" PRIu64 "%s", k->kid, k->no_ctr ? ":" : ",");
		if (!k->no_ctr)
			sf_para_format(&p, "CTR %" PRIu64 "..%" PRIu64 ":",
			    k->first_ctr, k->last_ctr);
		put_span(&p, "", k->frames, &k->first, &k->last);
	}
}

static void
put_intervals(
    FILE *f, const struct sf_report_style *style, const struct sf_stream *s)
{
	for (const struct sf_interval *i = s->intervals; i; i = i->next) {
		struct sf_para p =
		    sf_para(f, style, SF_TEXT_DETAIL, SF_TEXT_DETAIL + 2);

		sf_para_paint(
		    &p, sf_paint_of_state(i->state), sf_state_name(i->state));
		put_span(&p, ": ", i->frames, &i->first, &i->last);
	}
}

static void
put_evidence(
    FILE *f, const struct sf_report_style *style, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;
	struct sf_para p =
	    sf_para(f, style, SF_TEXT_DETAIL, SF_TEXT_DETAIL + 2);

	sf_para_format(&p,
	    "evidence: llr %.3g, header run %" PRIu64 " (%" PRIu64
	    " breaks, chance %.2g);",
	    e->sprt_llr, e->run_frames, e->breaks, e->header_chance);
	sf_para_format(&p,
	    "%" PRIu64
	    " windows of 4 tests: p head %.2g, %.2g, p tail %.2g, %.2g;",
	    e->windows, e->p_head, e->p_nib_head, e->p_tail, e->p_nib_tail);
	sf_para_format(&p,
	    "codec syntax %" PRIu64 " of %" PRIu64 " frames, llr %.3g",
	    e->codec_passes, e->codec_asked, e->codec_llr);
	if (e->width > 0)
		sf_para_format(&p, "; picture %ux%u", e->width, e->height);
	if (e->copies > 0 || e->copies_differ > 0 || e->conflicts > 0)
		sf_para_format(&p,
		    "; %" PRIu64 " copies, %" PRIu64 " that differ, %" PRIu64
		    " conflicts",
		    e->copies, e->copies_differ, e->conflicts);
	if (e->dtls)
		sf_para_text(&p, "; DTLS seen");
	if (e->srtcp)
		sf_para_text(&p, "; RTCP not readable");
	sf_para_end(&p);
}

void
sf_text_detail(
    FILE *f, const struct sf_report_style *style, const struct sf_stream *s)
{
	put_identity(f, style, s);
	sf_text_feedback(f, s->feedback, style, SF_TEXT_DETAIL);
	put_uses(f, style, s);
	put_intervals(f, style, s);
	put_evidence(f, style, s);
}
