/*
 * cmd_compare.c - one call seen at two points.
 *
 * Each capture is read once, and a note is kept of every frame. Where frames
 * were altered both are read once more, for the octets of a few of them, and B
 * where RTX packets are not what they repeat.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/rtxdiff.h"
#include "cli/run.h"
#include "report/compare.h"

/* One of the two points. */
struct point {
	struct sf_config config; /* with this capture alone */
	struct sf_run run;
	struct sf_side side;
	uint8_t codecs[128]; /* by payload type, as the other point has them */
};

static struct sf_config
config_of(const struct sf_config *c, unsigned i)
{
	struct sf_config one = *c;

	one.operands.n = 1;
	one.operands.v[0] = c->operands.v[i];
	one.jobs = (struct sf_number){ .given = true, .v = 1 };
	return one;
}

static enum sf_exit
read_point(struct point *p, const struct sf_config *c, unsigned i)
{
	struct sf_run_hooks hooks = { .sink = sf_side_frame,
		.sink_ctx = &p->side,
		.codecs = p->codecs,
		.whole_hash = true };
	size_t memory = (size_t)c->max_memory / 4;
	enum sf_exit st;

	p->config = config_of(c, i);
	p->side.room = memory / sizeof(*p->side.notes);
	p->side.notes = calloc(p->side.room, sizeof(*p->side.notes));
	if (p->side.notes == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		return SF_EXIT_INTERNAL;
	}
	if (memory < (size_t)8 << 20)
		memory = (size_t)8 << 20;
	if (memory > SF_DEFAULT_MEMORY)
		memory = SF_DEFAULT_MEMORY; /* as check has */
	st = sf_run_init_hooked(&p->run, &p->config, memory, &hooks);
	if (st == SF_EXIT_OK && !sf_run_read(&p->run))
		st = SF_EXIT_INPUT;
	if (st == SF_EXIT_OK)
		p->side.model = sf_pipeline_model(p->run.pipeline);
	return st;
}

static void
wipe_point(struct point *p)
{
	free(p->side.notes);
	sf_run_wipe(&p->run);
}

/* What is told of codecs at one point holds at the other; true when that one
   did not know. */
static bool
tell_codecs(struct point *to, const struct point *from)
{
	bool news = false;

	for (const struct sf_stream *s = from->side.model->streams; s != NULL;
	     s = s->next)
		if (s->codec >= SF_CODEC_OPUS && s->codec <= SF_CODEC_AV1 &&
		    s->n_pts > 0)
			to->codecs[s->pts[0] & 127] = (uint8_t)s->codec;
	if (to->side.model == NULL)
		return true;
	for (const struct sf_stream *s = to->side.model->streams; s != NULL;
	     s = s->next)
		news |= s->codec == SF_CODEC_UNKNOWN && s->n_pts > 0 &&
			to->codecs[s->pts[0] & 127] != SF_CODEC_UNKNOWN;
	return news;
}

/* A; then B, which may tell more of A than A itself. */
static enum sf_exit
read_points(struct point *p, const struct sf_config *c)
{
	enum sf_exit st = read_point(&p[0], c, 0);

	if (st != SF_EXIT_OK)
		return st;
	(void)tell_codecs(&p[1], &p[0]);
	st = read_point(&p[1], c, 1);
	if (st != SF_EXIT_OK || !tell_codecs(&p[0], &p[1]) ||
	    strcmp(c->operands.v[0], "-") == 0)
		return st;
	wipe_point(&p[0]);
	p[0].side = (struct sf_side){ 0 };
	return read_point(&p[0], c, 0);
}

/* ---- the octets of altered frames ------------------------------------------ */

/* Copies of the frames that are shown, of one side. */
struct copies {
	const struct sf_comparison *c;
	bool of_b;
	uint8_t *octets[SF_ALTERED_SHOWN];
	size_t n[SF_ALTERED_SHOWN];
};

static void
copy_frame(
    void *ctx, const struct sf_stream *stream, const struct sf_frame *frame)
{
	struct copies *k = ctx;

	for (unsigned i = 0; i < k->c->n_shown; i++) {
		const struct sf_note *n =
		    k->of_b ? &k->c->shown[i].b : &k->c->shown[i].a;

		if (n->stream != stream->id ||
		    n->timestamp != frame->timestamp ||
		    n->packet != frame->first.packet || !frame->complete ||
		    n->octets != frame->octets.n || k->octets[i] != NULL)
			continue;
		k->octets[i] = malloc(frame->octets.n + 1);
		if (k->octets[i] == NULL)
			continue;
		memcpy(k->octets[i], frame->octets.p, frame->octets.n);
		k->n[i] = frame->octets.n;
	}
}

static bool
copy_side(struct copies *k, const struct point *p)
{
	struct sf_run_hooks hooks = {
		.tap = copy_frame, .tap_ctx = k, .codecs = p->codecs
	};
	struct sf_config config = p->config;
	struct sf_run run;
	bool good;

	if (strcmp(config.operands.v[0], "-") == 0)
		return false; /* standard input comes once */
	config.quiet = true;
	good = sf_run_init_hooked(&run, &config, (size_t)16 << 20, &hooks) ==
		   SF_EXIT_OK &&
	       sf_run_read(&run);
	sf_run_wipe(&run);
	return good;
}

static void
explain_altered(
    struct sf_comparison *c, const struct point *a, const struct point *b)
{
	struct copies before = { .c = c }, after = { .c = c, .of_b = true };
	bool good =
	    c->n_shown > 0 && copy_side(&before, a) && copy_side(&after, b);

	for (unsigned i = 0; i < c->n_shown; i++) {
		struct sf_altered_frame *x = &c->shown[i];

		if (good && before.octets[i] != NULL &&
		    after.octets[i] != NULL) {
			x->how =
			    sf_alter(sf_bytes(before.octets[i], before.n[i]),
				sf_bytes(after.octets[i], after.n[i]),
				x->a.has_header ? x->a.header_at : 0);
			x->known = true;
		}
		free(before.octets[i]);
		free(after.octets[i]);
	}
}

/* ---- the command --------------------------------------------------------------- */

static enum sf_verdict
verdict_of(const struct sf_comparison *c, enum sf_severity fail_on)
{
	for (unsigned i = 0; i < c->n_findings; i++)
		if (c->findings[i].severity >= fail_on)
			return SF_FAIL;
	return c->matched == 0 ? SF_INCONCLUSIVE : SF_PASS;
}

static enum sf_exit
status_of(const struct sf_config *c, const struct sf_compare_view *v)
{
	if (v->verdict == SF_FAIL)
		return SF_EXIT_FINDINGS;
	if (v->c->partial)
		return SF_EXIT_INTERNAL;
	if (v->verdict == SF_INCONCLUSIVE && !c->allow_inconclusive)
		return SF_EXIT_INCONCLUSIVE;
	return SF_EXIT_OK;
}

static bool
write_view(struct sf_output *out, const struct sf_config *c,
    const struct sf_compare_view *v)
{
	struct sf_report_style style = sf_output_style(out, c);
	struct sf_tool_info tool = sf_run_tool();

	return c->format == SF_FORMAT_JSON ? sf_compare_json(out->f, v, &tool)
					   : sf_compare_text(out->f, v, &style);
}

static enum sf_exit
compare(struct sf_output *out, const struct sf_config *c, struct point *p)
{
	struct sf_comparison result;
	struct sf_compare_view v = { .c = &result };
	enum sf_exit st = SF_EXIT_INTERNAL;

	for (unsigned i = 0; i < 2; i++) {
		v.inputs[i] = p[i].run.inputs[0];
		v.frames[i] = p[i].side.n + p[i].side.left_out;
		v.incomplete[i] = p[i].side.incomplete;
	}
	if (!sf_compare(&result, &p[0].side, &p[1].side)) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
	} else {
		explain_altered(&result, &p[0], &p[1]);
		sf_rtxdiff_find(
		    &result, &p[1].config, p[1].side.model, p[1].codecs);
		v.verdict = verdict_of(&result, c->fail_on);
		st = status_of(c, &v);
		if (!sf_output_close(out, write_view(out, c, &v)))
			st = SF_EXIT_INTERNAL;
		out->f = NULL;
	}
	sf_comparison_free(&result);
	return st;
}

enum sf_exit
sf_cmd_compare(const struct sf_config *c)
{
	struct point *p = calloc(2, sizeof(*p));
	struct sf_output out = { 0 };
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (p == NULL) {
		sf_complain(NULL, "not enough memory");
		return st;
	}
	st = sf_output_open(&out, c);
	if (st == SF_EXIT_OK)
		st = read_points(p, c);
	if (st == SF_EXIT_OK)
		st = compare(&out, c, p);
	if (out.f != NULL && !sf_output_close(&out, false))
		st = SF_EXIT_INTERNAL;
	wipe_point(&p[0]);
	wipe_point(&p[1]);
	free(p);
	return st;
}
