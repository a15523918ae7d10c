/*
 * frame.c - decode: one line per frame.
 */
#include <inttypes.h>
#include <string.h>

#include "report/emit.h"
#include "report/paint.h"
#include "report/report.h"
#include "report/time.h"

static const char *
or_dash(const char *s)
{
	return s == NULL ? "-" : s;
}

bool
sf_frame_text_header(FILE *f, const struct sf_report_style *style)
{
	fprintf(f,
	    "%s%7s  %-12s  %-10s  %-6s %-5s %6s %6s  %-9s  %4s %6s  %s%s\n",
	    sf_paint(style, SF_BOLD), "packet", "time", "ssrc", "kind", "codec",
	    "frame", "octets", "state", "KID", "CTR", "header, flags",
	    sf_paint(style, SF_PLAIN));
	return !ferror(f);
}

void
sf_frame_packet(char *out, size_t size, const struct sf_place *p)
{
	if (p->input == 0)
		snprintf(out, size, "%" PRIu64, p->packet);
	else
		snprintf(
		    out, size, "%" PRIu32 ":%" PRIu64, p->input + 1, p->packet);
}

/* The two layouts of the drafts differ in what a length counts from. */
static bool
is_omara(const struct sf_frame_event *ev)
{
	return ev->draft && (ev->raw[0] >> 4 & 7) == ev->ctr_octets;
}

static const char *
layout_name(const struct sf_frame_event *ev)
{
	return !ev->draft ? "rfc9605" : is_omara(ev) ? "draft-omara" : "draft";
}

static void
header_text(FILE *f, const struct sf_frame_event *ev)
{
	fprintf(f, "  %4" PRIu64 " %6" PRIu64 "  ", ev->kid, ev->ctr);
	for (unsigned i = 0; i < ev->raw_octets && i < sizeof(ev->raw); i++)
		fprintf(f, "%02x", ev->raw[i]);
	for (unsigned i = ev->raw_octets; i < 4; i++)
		fputs("  ", f);
	if (ev->header_at > 0)
		fprintf(f, " at %u", ev->header_at);
	if (ev->draft)
		fputs(" draft", f);
}

/* What a format with marks of its own says of key and counter. */
static void
dialect_text(FILE *f, const struct sf_frame_event *ev)
{
	char kid[24] = "-", ctr[24] = "-";

	if (ev->has_kid)
		snprintf(kid, sizeof(kid), "%" PRIu64, ev->kid);
	if (ev->has_ctr)
		snprintf(ctr, sizeof(ctr), "%" PRIu64, ev->ctr);
	fprintf(f, "  %4s %6s  %s", kid, ctr, sf_dialect_name(ev->dialect));
}

bool
sf_frame_text(FILE *f, const struct sf_frame_event *ev,
    const struct sf_report_style *style)
{
	const struct sf_stream *s = ev->stream;
	enum sf_paint paint = SF_PLAIN;
	const char *state = "-";
	char packet[40], clock[SF_TIME_MAX];

	if (ev->complete) {
		paint = sf_paint_of_state(ev->state);
		state = sf_state_name(ev->state);
	}
	sf_frame_packet(packet, sizeof(packet), &ev->last);
	sf_time_clock(clock, ev->last.time_ns);
	fprintf(f,
	    "%7s  %s  0x%08" PRIx32 "  %-6s %-5s %6" PRIu64 " %6" PRIu32
	    "  %s%s%s",
	    packet, clock, s->ssrc, or_dash(sf_kind_name(s->kind)),
	    or_dash(sf_codec_name(s->codec)), ev->number, ev->octets,
	    sf_paint(style, paint), state, sf_paint(style, SF_PLAIN));
	if (!ev->complete)
		fprintf(f, "%*s  incomplete", (int)(9 - strlen(state)), "");
	if (ev->complete && ev->has_header) {
		fprintf(f, "%*s", (int)(9 - strlen(state)), "");
		header_text(f, ev);
	}
	if (ev->complete && ev->dialect != SF_DIALECT_NONE) {
		fprintf(f, "%*s", (int)(9 - strlen(state)), "");
		dialect_text(f, ev);
	}
	if (ev->hop)
		fprintf(f, "%*s                       srtp",
		    (int)(9 - strlen(state)), "");
	if (ev->complete && ev->key)
		fprintf(f, "%s", ev->has_kid ? " key" : "  key");
	fputc('\n', f);
	if (style->verbose && ev->complete && ev->has_header) {
		struct sf_bytes raw = sf_bytes(ev->raw, ev->raw_octets);

		if (ev->draft)
			sf_draft_header_tree(f, raw, is_omara(ev), 9, style);
		else
			sf_header_tree(f, raw, 9, style);
	}
	return !ferror(f);
}

static void
put_or_null(struct sf_emit *e, const char *name, bool has, uint64_t v)
{
	if (has)
		sf_emit_u64(e, name, v);
	else
		sf_emit_null(e, name);
}

/* The members that are null in a frame that says nothing of its key. */
static void
put_header(struct sf_emit *e, const struct sf_frame_event *ev)
{
	put_or_null(e, "kid", ev->complete && ev->has_kid, ev->kid);
	put_or_null(e, "ctr", ev->complete && ev->has_ctr, ev->ctr);
	sf_emit_string(e, "dialect", sf_dialect_name(ev->dialect));
	if (!ev->complete || !ev->has_header) {
		sf_emit_null(e, "header");
		return;
	}
	sf_emit_open(e, "header", '{');
	sf_emit_string(e, "layout", layout_name(ev));
	sf_emit_hex(e, "octets", sf_bytes(ev->raw, ev->raw_octets));
	sf_emit_count(e, "at", ev->header_at);
	sf_emit_count(e, "kid_octets", ev->kid_octets);
	sf_emit_count(e, "ctr_octets", ev->ctr_octets);
	sf_emit_close(e, '{');
}

bool
sf_frame_json(FILE *f, const struct sf_frame_event *ev)
{
	const struct sf_stream *s = ev->stream;
	struct sf_emit e = sf_emit(f, false);
	char clock[SF_TIME_MAX], ssrc[16];

	sf_time_rfc3339(clock, ev->last.time_ns);
	snprintf(ssrc, sizeof(ssrc), "0x%08" PRIx32, s->ssrc);
	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "type", "frame");
	sf_emit_count(&e, "input", ev->last.input);
	sf_emit_count(&e, "packet", ev->last.packet);
	sf_emit_string(&e, "time", clock);
	sf_emit_count(&e, "first_packet", ev->first.packet);
	sf_emit_count(&e, "packets", ev->packets);
	sf_emit_u64(&e, "stream", s->id);
	sf_emit_string(&e, "ssrc", ssrc);
	sf_emit_string(&e, "kind", sf_kind_name(s->kind));
	sf_emit_string(&e, "codec", sf_codec_name(s->codec));
	sf_emit_count(&e, "frame", ev->number);
	sf_emit_u64(&e, "sequence", ev->seq);
	sf_emit_count(&e, "timestamp", ev->timestamp);
	sf_emit_count(&e, "octets", ev->octets);
	sf_emit_bool(&e, "complete", ev->complete);
	sf_emit_bool(&e, "key", ev->complete && ev->key);
	sf_emit_string(
	    &e, "state", ev->complete ? sf_state_name(ev->state) : NULL);
	put_header(&e, ev);
	sf_emit_bool(&e, "srtp", ev->hop);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}
