/*
 * text_streams.c - the streams of the text report: a line each, gathered under
 * the path they took, in columns as wide as what is in them.
 *
 * Repair streams (RTX) that add nothing are named in the line of the stream
 * they repair. When there are very many streams, those without fault are
 * counted and not listed, unless everything is wanted.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "report/address.h"
#include "report/para.h"
#include "report/text.h"
#include "report/time.h"
#include "report/via.h"

#define MANY     32 /* streams: more than fit on a screen with what follows */
#define CELL     40 /* octets of a cell, with the NUL */
#define KID_ROOM 16 /* columns for the KIDs of a stream, and for its CTRs */

/* ---- which streams ------------------------------------------------------- */

static bool
is_clean(const struct sf_stream *s)
{
	return s->protection == SF_PROT_VERIFIED ||
	       s->protection == SF_PROT_CONSISTENT;
}

static bool
has_finding(const struct sf_result *r, uint32_t id)
{
	for (unsigned i = 0; i < r->n_findings; i++)
		for (unsigned k = 0; k < r->findings[i].n_streams; k++)
			if (r->findings[i].streams[k] == id)
				return true;
	return false;
}

/* A repair stream that says nothing new about what it repairs. */
static bool
is_folded(const struct sf_result *r, const struct sf_stream *s)
{
	const struct sf_stream *media;

	if (s->repairs == 0)
		return false;
	media = sf_text_stream(r, s->repairs);
	return media != NULL &&
	       (s->protection == media->protection ||
		   s->protection == SF_PROT_UNDECIDABLE) &&
	       !has_finding(r, s->id);
}

struct view {
	const struct sf_result *r;
	const struct sf_report_style *style;
	bool many; /* leave out what has no fault */
};

static bool
is_listed(const struct view *v, const struct sf_stream *s)
{
	if (v->style->verbose)
		return true;
	if (is_folded(v->r, s))
		return false;
	return !v->many || !is_clean(s) || has_finding(v->r, s->id);
}

/* ---- columns ------------------------------------------------------------- */

static void
id_cell(char out[CELL], const struct sf_stream *s)
{
	snprintf(out, CELL, "%" PRIu32, s->id);
}

static void
ssrc_cell(char out[CELL], const struct sf_stream *s)
{
	snprintf(out, CELL, "0x%08" PRIx32, s->ssrc);
}

static void
kind_cell(char out[CELL], const struct sf_stream *s)
{
	const char *name = sf_kind_name(s->kind);

	snprintf(out, CELL, "%s", name == NULL ? "?" : name);
}

static void
codec_cell(char out[CELL], const struct sf_stream *s)
{
	const char *name = sf_codec_name(s->codec);

	snprintf(out, CELL, "%s", name == NULL ? "?" : name);
}

static void
protection_cell(char out[CELL], const struct sf_stream *s)
{
	snprintf(out, CELL, "%s", sf_protection_name(s->protection));
}

static void
frames_cell(char out[CELL], const struct sf_stream *s)
{
	snprintf(out, CELL, "%" PRIu64, s->frames);
}

static unsigned
count_uses(const struct sf_stream *s)
{
	unsigned n = 0;

	for (const struct sf_key_use *k = s->keys; k; k = k->next)
		n++;
	return n;
}

/* "9", "33,34", or "7 uses" when that is too long */
static void
kids_cell(char out[CELL], const struct sf_stream *s)
{
	size_t at = 0;

	snprintf(out, CELL, "-");
	for (const struct sf_key_use *k = s->keys; k; k = k->next) {
		int n = k->no_ctr ? 0
				  : snprintf(out + at, CELL - at, "%s%" PRIu64,
					at == 0 ? "" : ",", k->kid);

		at += n > 0 ? (size_t)n : 0;
		if (at > KID_ROOM && s->keys->next != NULL) {
			snprintf(out, CELL, "%u uses", count_uses(s));
			return;
		}
	}
}

static void
ctrs_cell(char out[CELL], const struct sf_stream *s)
{
	size_t at = 0;

	snprintf(out, CELL, "-");
	for (const struct sf_key_use *k = s->keys; k; k = k->next) {
		int n = snprintf(out + at, CELL - at, "%s%" PRIu64 "..%" PRIu64,
		    at == 0 ? "" : ",", k->first_ctr, k->last_ctr);

		at += n > 0 ? (size_t)n : 0;
		if (at > KID_ROOM && s->keys->next != NULL) {
			snprintf(out, CELL, "see -v");
			return;
		}
		if (at >= CELL) { /* one use with two very long numbers */
			snprintf(out, CELL, "..%" PRIu64, k->last_ctr);
			return;
		}
	}
}

static void
lost_cell(char out[CELL], const struct sf_stream *s)
{
	snprintf(out, CELL, "%" PRIu64, s->lost);
}

static const struct {
	const char *title;
	void (*cell)(char out[CELL], const struct sf_stream *s);
	bool right;
} columns[] = {
	{ "#", id_cell, true },
	{ "SSRC", ssrc_cell, false },
	{ "kind", kind_cell, false },
	{ "codec", codec_cell, false },
	{ "protection", protection_cell, false },
	{ "frames", frames_cell, true },
	{ "KIDs", kids_cell, true },
	{ "CTR", ctrs_cell, true },
	{ "lost", lost_cell, true },
};

#define COLUMNS    (sizeof(columns) / sizeof(columns[0]))
#define PROTECTION 4

struct widths {
	unsigned w[COLUMNS];
	unsigned all; /* of a line without the note */
};

static struct widths
measure(const struct view *v)
{
	struct widths x;

	x.all = 0;
	for (size_t i = 0; i < COLUMNS; i++)
		x.w[i] = (unsigned)strlen(columns[i].title);
	for (const struct sf_stream *s = v->r->model->streams; s; s = s->next) {
		if (!is_listed(v, s))
			continue;
		for (size_t i = 0; i < COLUMNS; i++) {
			char cell[CELL];

			columns[i].cell(cell, s);
			if (strlen(cell) > x.w[i])
				x.w[i] = (unsigned)strlen(cell);
		}
	}
	for (size_t i = 0; i < COLUMNS; i++)
		x.all += x.w[i] + 2;
	return x;
}

static void
put_cell(FILE *f, const struct widths *x, size_t i, const char *text,
    const struct sf_report_style *style, enum sf_paint paint)
{
	int room = (int)(x->w[i] - strlen(text));

	fprintf(f, "  %*s%s%s%s%*s", columns[i].right ? room : 0, "",
	    sf_paint(style, paint), text, sf_paint(style, SF_PLAIN),
	    columns[i].right ? 0 : room, "");
}

static void
put_titles(FILE *f, const struct widths *x, const struct sf_report_style *style)
{
	for (size_t i = 0; i < COLUMNS; i++)
		put_cell(f, x, i, columns[i].title, style, SF_BOLD);
	fputc('\n', f);
}

/* ---- what else is to be said of a stream --------------------------------- */

#define NOTES 400 /* octets */

struct notes {
	char text[NOTES];
	size_t at;
};

static void note(struct notes *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct notes *n, const char *format, ...)
{
	va_list args;
	int put;

	if (n->at > 0 && n->at + 2 < NOTES) {
		memcpy(n->text + n->at, ", ", 3);
		n->at += 2;
	}
	va_start(args, format);
	put = vsnprintf(n->text + n->at, NOTES - n->at, format, args);
	va_end(args);
	if (put > 0)
		n->at += (size_t)put;
	if (n->at >= NOTES)
		n->at = NOTES - 1;
}

static void
note_protection(struct notes *n, const struct sf_stream *s)
{
	const char *dialect = sf_dialect_name(s->dialect);
	const struct sf_suite *suite = sf_suite_by_id(s->suite);
	bool key = s->clear_octets_key >= 0;

	if (suite != NULL)
		note(n, "%s", suite->name);
	if (s->copies.frames > 0)
		note(n, "%" PRIu64 " cop%s in the clear", s->copies.frames,
		    s->copies.frames == 1 ? "y" : "ies");
	if (s->protection == SF_PROT_MIXED &&
	    s->by_state[SF_STATE_PLAINTEXT] > 0)
		note(n, "%" PRIu64 " frame%s in the clear",
		    s->by_state[SF_STATE_PLAINTEXT],
		    s->by_state[SF_STATE_PLAINTEXT] == 1 ? "" : "s");
	if (dialect != NULL && s->dialect != SF_DIALECT_CLEAR &&
	    s->dialect != SF_DIALECT_RFC9605)
		note(n, "%s", dialect);
	if (s->evidence.run_frames > 0 && s->placed == SF_PLACED_PAYLOAD)
		note(n,
		    "each packet encrypted by itself, behind its descriptor");
	if (s->evidence.run_frames > 0 && s->placed == SF_PLACED_PACKET)
		note(n, "each packet encrypted by itself, descriptor and all");
	if (s->protection == SF_PROT_PARTLY_CLEAR &&
	    s->evidence.tails + s->evidence.middles > 0)
		note(n, "clear behind");
	if (s->protection == SF_PROT_PARTLY_CLEAR && s->clear_octets > 0 && key)
		note(n, "%d octets clear (key frames: %d)", s->clear_octets,
		    s->clear_octets_key);
	else if (s->protection == SF_PROT_PARTLY_CLEAR && s->clear_octets > 0)
		note(n, "%d octet%s clear", s->clear_octets,
		    s->clear_octets == 1 ? "" : "s");
	if (s->why != SF_WHY_NOTHING)
		note(n, "%s", sf_why_text(s->why));
	if (s->wanted > 0)
		note(n, "%" PRIu64 " more frames would do", s->wanted);
}

static void
note_frames(struct notes *n, const struct sf_stream *s)
{
	if (s->by_state[SF_STATE_FAILED] > 0)
		note(n, "%" PRIu64 " frames failed to open",
		    s->by_state[SF_STATE_FAILED]);
	if (s->incomplete_frames > 0)
		note(n, "%" PRIu64 " incomplete", s->incomplete_frames);
}

static void
note_codecs(struct notes *n, const struct sf_stream *s)
{
	for (enum sf_codec c = SF_CODEC_OPUS; c < SF_CODECS; c++)
		if ((s->more_codecs >> c & 1) != 0)
			note(n, "also %s", sf_codec_name(c));
}

static void
note_relations(struct notes *n, const struct view *v, const struct sf_stream *s)
{
	const struct sf_stream *other;

	if (s->rid[0] != '\0')
		note(n, "rid %s", s->rid);
	if (s->simulcast != 0 && s->simulcast != s->id)
		note(n, "layer of #%" PRIu32, s->simulcast);
	if (s->forwards != 0)
		note(n, "forwards #%" PRIu32, s->forwards);
	if (s->repairs != 0)
		note(n, "repairs #%" PRIu32, s->repairs);
	if (v->style->verbose || s->repairs != 0)
		return;
	for (other = v->r->model->streams; other; other = other->next)
		if (other->repairs == s->id && is_folded(v->r, other))
			note(n, "%s #%" PRIu32,
			    other->codec == SF_CODEC_RTX ? "rtx" : "fec",
			    other->id);
	if (s->restored > 0)
		note(n, "%" PRIu64 " put back from rtx", s->restored);
}

/* Beside the columns when there is room, else below them. */
static void
put_notes(FILE *f, const struct view *v, const struct widths *x,
    const struct notes *n)
{
	struct sf_para p = sf_para(f, v->style, 0, SF_TEXT_DETAIL);

	p.at = x->all;
	if (n->at > 0 && x->all + 2 + n->at <= p.columns) {
		sf_para_tab(&p, x->all + 2);
		sf_para_text(&p, n->text);
	} else if (n->at > 0) {
		fputc('\n', f);
		p = sf_para(f, v->style, SF_TEXT_DETAIL, SF_TEXT_DETAIL + 2);
		sf_para_text(&p, n->text);
	}
	sf_para_end(&p);
}

static void
put_stream(FILE *f, const struct view *v, const struct widths *x,
    const struct sf_stream *s)
{
	struct notes n = { .at = 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		char cell[CELL];

		columns[i].cell(cell, s);
		put_cell(f, x, i, cell, v->style,
		    i == PROTECTION ? sf_paint_of_protection(s->protection)
				    : SF_PLAIN);
	}
	note_protection(&n, s);
	note_codecs(&n, s);
	note_frames(&n, s);
	note_relations(&n, v, s);
	put_notes(f, v, x, &n);
}

/* ---- groups -------------------------------------------------------------- */

static bool
same_path(const struct sf_stream *a, const struct sf_stream *b)
{
	return a->input == b->input &&
	       memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

/* True when no listed stream before s took its path. */
static bool
begins_group(const struct view *v, const struct sf_stream *s)
{
	const struct sf_stream *o = v->r->model->streams;

	for (; o != NULL && o != s; o = o->next)
		if (is_listed(v, o) && same_path(o, s))
			return false;
	return true;
}

static void
put_group_title(FILE *f, const struct view *v, const struct sf_stream *s)
{
	struct sf_para p = sf_para(f, v->style, 0, 2);
	char from[SF_ADDRESS_MAX], to[SF_ADDRESS_MAX];

	sf_address_text(from, &s->src);
	sf_address_text(to, &s->dst);
	sf_para_format(&p, "From %s to %s", from[0] == '\0' ? "?" : from,
	    to[0] == '\0' ? "?" : to);
	for (unsigned i = 0; i < s->via.n; i++) {
		char text[SF_VIA_TEXT_MAX];

		sf_via_text(text, &s->via, i);
		sf_para_text(&p, i == 0 ? "via" : ",");
		sf_para_text(&p, text);
	}
	if (v->r->n_inputs > 1 && s->input < v->r->n_inputs) {
		sf_para_text(&p, "in");
		sf_para_text(&p, sf_text_input(&v->r->inputs[s->input]));
	}
	sf_para_text(&p, ":");
	sf_para_end(&p);
}

static void
put_group(FILE *f, const struct view *v, const struct widths *x,
    const struct sf_stream *first)
{
	put_group_title(f, v, first);
	for (const struct sf_stream *s = first; s; s = s->next) {
		if (!is_listed(v, s) || !same_path(s, first))
			continue;
		put_stream(f, v, x, s);
		if (!v->style->verbose)
			continue;
		sf_text_detail(f, v->style, s);
	}
}

static void
put_left_out(FILE *f, const struct view *v)
{
	unsigned n = 0;

	for (const struct sf_stream *s = v->r->model->streams; s; s = s->next)
		n += !is_listed(v, s) && !is_folded(v->r, s);
	if (n > 0)
		fprintf(f,
		    "and %u more stream%s, verified or consistent and "
		    "without findings (-v lists them)\n",
		    n, n == 1 ? "" : "s");
}

void
sf_text_streams(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	struct view v = { r, style, r->model->n_streams > MANY };
	struct widths x;

	if (r->model->streams == NULL)
		return;
	x = measure(&v);
	fputc('\n', f);
	put_titles(f, &x, style);
	for (const struct sf_stream *s = r->model->streams; s; s = s->next)
		if (is_listed(&v, s) && begins_group(&v, s))
			put_group(f, &v, &x, s);
	put_left_out(f, &v);
}
