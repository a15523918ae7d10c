/*
 * json_streams.c - a stream in the JSON report: who it is, what was counted,
 * its keys, and what the verdict rests on.
 */
#include <inttypes.h>

#include "report/address.h"
#include "report/json.h"
#include "report/via.h"
#include "report/words.h"

static void
put_address(struct sf_emit *e, const char *key, const struct sf_addr *a)
{
	char text[SF_ADDRESS_MAX];

	sf_address_text(text, a);
	sf_emit_string(e, key, text[0] == '\0' ? NULL : text);
}

static void
put_hex32(struct sf_emit *e, const char *key, uint32_t v)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08" PRIx32, v);
	sf_emit_string(e, key, text);
}

/* The id of a stream, null for 0. */
static void
put_stream_id(struct sf_emit *e, const char *key, uint32_t id)
{
	if (id == 0)
		sf_emit_null(e, key);
	else
		sf_emit_u64(e, key, id);
}

static void
put_octets_or_null(struct sf_emit *e, const char *key, int octets)
{
	if (octets < 0)
		sf_emit_null(e, key);
	else
		sf_emit_count(e, key, (uint64_t)octets);
}

static void
put_simulcast(struct sf_emit *e, const struct sf_stream *s)
{
	if (s->simulcast == 0) {
		sf_emit_null(e, "simulcast");
		return;
	}
	sf_emit_open(e, "simulcast", '{');
	put_stream_id(e, "source", s->simulcast);
	sf_json_text(e, "rid", s->rid);
	sf_emit_close(e, '{');
}

/* All of them: a stream may go over to another under way. */
static void
put_codecs(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_open(e, "codecs", '[');
	if (s->codec != SF_CODEC_UNKNOWN)
		sf_emit_string(e, NULL, sf_codec_name(s->codec));
	for (enum sf_codec c = SF_CODEC_OPUS; c < SF_CODECS; c++)
		if ((s->more_codecs >> c & 1) != 0)
			sf_emit_string(e, NULL, sf_codec_name(c));
	sf_emit_close(e, '[');
}

static void
put_names(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_string(e, "kind", sf_kind_name(s->kind));
	sf_emit_string(e, "codec", sf_codec_name(s->codec));
	sf_emit_string(e, "codec_from", sf_origin_name(s->codec_from));
	put_codecs(e, s);
	sf_emit_open(e, "payload_types", '[');
	for (unsigned i = 0; i < s->n_pts && i < SF_STREAM_PTS; i++)
		sf_emit_count(e, NULL, s->pts[i]);
	sf_emit_close(e, '[');
	sf_json_text(e, "mid", s->mid);
	sf_json_text(e, "rid", s->rid);
	sf_json_text(e, "cname", s->cname);
	put_stream_id(e, "repairs", s->repairs);
	put_stream_id(e, "forwards", s->forwards);
	put_simulcast(e, s);
	sf_emit_bool(e, "signalled", s->signalled);
	sf_emit_bool(e, "said_bye", s->said_bye);
	sf_json_feedback(e, s->feedback);
	sf_json_boundaries(e, s);
	sf_json_name_ids(e, &s->name_ids);
}

static void
put_counts(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_count(e, "packets", s->packets);
	sf_emit_count(e, "lost", s->lost);
	sf_emit_count(e, "restored", s->restored);
	sf_emit_count(e, "duplicates", s->duplicates);
	sf_emit_count(e, "late", s->late);
	sf_emit_count(e, "padding_only", s->padding_only);
	sf_emit_count(e, "frames", s->frames);
	sf_emit_count(e, "incomplete_frames", s->incomplete_frames);
	sf_emit_count(e, "cut_frames", s->cut_frames);
	sf_json_times(e, &s->first, &s->last);
	sf_json_packets(e, &s->first, &s->last);
}

static void
put_suite(struct sf_emit *e, uint16_t suite)
{
	const struct sf_suite *s = sf_suite_by_id(suite);

	sf_emit_string(e, "suite", s == NULL ? NULL : s->name);
}

static void
put_intervals(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_open(e, "plaintext_intervals", '[');
	for (const struct sf_interval *i = s->intervals; i; i = i->next) {
		if (i->state != SF_STATE_PLAINTEXT)
			continue;
		sf_emit_open(e, NULL, '{');
		sf_json_times(e, &i->first, &i->last);
		sf_json_packets(e, &i->first, &i->last);
		sf_emit_count(e, "frames", i->frames);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

/* Null in a format that has no counter on the wire. */
static void
put_ctr(struct sf_emit *e, const char *name, bool has, uint64_t ctr)
{
	if (has)
		sf_emit_u64(e, name, ctr);
	else
		sf_emit_null(e, name);
}

static void
put_keys(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_open(e, "keys", '[');
	for (const struct sf_key_use *k = s->keys; k; k = k->next) {
		sf_emit_open(e, NULL, '{');
		sf_emit_u64(e, "kid", k->kid);
		put_ctr(e, "first_ctr", !k->no_ctr, k->first_ctr);
		put_ctr(e, "last_ctr", !k->no_ctr, k->last_ctr);
		sf_emit_count(e, "frames", k->frames);
		sf_json_times(e, &k->first, &k->last);
		sf_json_packets(e, &k->first, &k->last);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

static void
put_evidence(struct sf_emit *e, const struct sf_evidence *v)
{
	sf_emit_open(e, "evidence", '{');
	sf_emit_double(e, "sprt_llr", v->sprt_llr);
	sf_emit_double(e, "header_chance", v->header_chance);
	sf_emit_count(e, "run_frames", v->run_frames);
	sf_emit_count(e, "breaks", v->breaks);
	sf_emit_count(e, "windows", v->windows);
	sf_emit_double(e, "p_head", v->p_head);
	sf_emit_double(e, "p_nib_head", v->p_nib_head);
	sf_emit_double(e, "p_nib_tail", v->p_nib_tail);
	sf_emit_double(e, "p_tail", v->p_tail);
	sf_emit_double(e, "p_middle", v->p_middle);
	sf_emit_count(e, "codec_passes", v->codec_passes);
	sf_emit_count(e, "codec_asked", v->codec_asked);
	sf_emit_double(e, "codec_llr", v->codec_llr);
	sf_emit_count(e, "width", v->width);
	sf_emit_count(e, "height", v->height);
	sf_emit_count(e, "copies", v->copies);
	sf_emit_count(e, "copies_differ", v->copies_differ);
	sf_emit_count(e, "copies_clear", v->copies_clear);
	sf_emit_count(e, "fec", v->fec);
	sf_emit_count(e, "fec_judged", v->fec_judged);
	sf_emit_count(e, "conflicts", v->conflicts);
	sf_emit_bool(e, "dtls", v->dtls);
	sf_emit_bool(e, "srtcp", v->srtcp);
	sf_emit_count(e, "kid_not_minimal", v->kid_not_minimal);
	sf_emit_count(e, "ctr_not_minimal", v->ctr_not_minimal);
	sf_emit_count(e, "kid_not_inline", v->kid_not_inline);
	sf_emit_count(e, "ctr_not_inline", v->ctr_not_inline);
	sf_emit_count(e, "rewritten", v->rewritten);
	sf_emit_count(e, "tried", v->tried);
	sf_emit_count(e, "no_key", v->no_key);
	sf_emit_count(e, "controls", v->controls);
	sf_emit_count(e, "controls_opened", v->controls_opened);
	sf_emit_close(e, '{');
}

void
sf_json_diagnosis(struct sf_emit *e, const struct sf_diagnosis *d)
{
	const struct sf_mistake_row *row = sf_mistake_row(d->mistake);

	if (row == NULL) {
		sf_emit_null(e, "diagnosis");
		return;
	}
	sf_emit_open(e, "diagnosis", '{');
	sf_emit_string(e, "slug", row->slug);
	sf_emit_string(e, "text", row->text);
	sf_emit_string(e, "remedy", row->remedy);
	put_suite(e, d->suite);
	sf_emit_close(e, '{');
}

static void
put_via(struct sf_emit *e, const struct sf_via *via)
{
	sf_emit_open(e, "via", '[');
	for (unsigned i = 0; i < via->n; i++) {
		char text[SF_VIA_TEXT_MAX];

		sf_via_text(text, via, i);
		sf_emit_string(e, NULL, text);
	}
	sf_emit_close(e, '[');
}

void
sf_json_stream(struct sf_emit *e, const struct sf_stream *s)
{
	sf_emit_u64(e, "id", s->id);
	put_hex32(e, "ssrc", s->ssrc);
	put_address(e, "src", &s->src);
	put_address(e, "dst", &s->dst);
	put_via(e, &s->via);
	sf_emit_count(e, "address_changes", s->moves);
	sf_emit_count(e, "input", s->input);
	put_names(e, s);
	put_counts(e, s);
	sf_emit_string(e, "protection", sf_protection_name(s->protection));
	sf_emit_string(
	    e, "why", s->why == SF_WHY_NOTHING ? NULL : sf_why_text(s->why));
	sf_emit_count(e, "frames_wanted", s->wanted);
	sf_emit_string(e, "dialect", sf_dialect_name(s->dialect));
	sf_emit_string(e, "placing",
	    s->evidence.run_frames > 0 ? sf_placed_name(s->placed) : NULL);
	put_suite(e, s->suite);
	put_octets_or_null(e, "clear_octets", s->clear_octets);
	put_octets_or_null(e, "clear_octets_key", s->clear_octets_key);
	sf_emit_open(e, "frames_by_state", '{');
	for (unsigned i = 0; i < SF_STATES; i++)
		sf_emit_count(
		    e, sf_state_name((enum sf_state)i), s->by_state[i]);
	sf_emit_close(e, '{');
	put_intervals(e, s);
	put_keys(e, s);
	sf_json_diagnosis(e, &s->diagnosis);
	sf_json_srtp(e, &s->srtp);
	put_evidence(e, &s->evidence);
}
