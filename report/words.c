/*
 * words.c - the sentences of a report, made from its numbers.
 */
#include "report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/text.h"
#include "report/time.h"
#include "report/words_parts.h"

/* ---- details ------------------------------------------------------------- */

static void
about_form(struct sf_subject *x)
{
	const struct sf_example *e = &x->f->examples[0];

	if (x->f->frames > 0) {
		sf_words_frames(&x->w, x->f->frames);
		sf_words_add(&x->w, "; ");
	}
	if (x->f->n_examples > 0 && e->has_header)
		sf_words_add(&x->w, "first KID %" PRIu64 ", CTR %" PRIu64,
		    e->kid, e->ctr);
}

static void
about_counter(struct sf_subject *x)
{
	const struct sf_finding *f = x->f;
	const struct sf_example *e = &f->examples[0];
	bool known = f->n_examples > 0 && e->has_header;

	/* a rule asked frame by frame knows its KID from the example alone */
	if (f->frames > 0 || known)
		sf_words_add(
		    &x->w, "KID %" PRIu64, f->frames > 0 ? f->kid : e->kid);
	if (known)
		sf_words_add(&x->w,
		    ", first CTR %" PRIu64 " (packet %" PRIu64 ")", e->ctr,
		    e->place.packet);
	if (f->frames > 0) {
		sf_words_add(&x->w, "; ");
		sf_words_frames(&x->w, f->frames);
	}
	if (x->f->earlier_ns != 0) {
		char when[SF_TIME_MAX];

		sf_time_date_clock(when, x->f->earlier_ns);
		sf_words_add(&x->w,
		    "; counted before in an earlier capture, until %s", when);
	}
}

static void
about_unproven(struct sf_subject *x)
{
	sf_words_frames(&x->w, x->f->frames);
	sf_words_add(&x->w, " without proof");
}

/* 900, 1,000,000,000: as a person writes it, and rounded to one digit. */
static void
add_odds(struct sf_words *w, double odds)
{
	double digits = floor(log10(odds));
	double unit = pow(10, digits);

	if (digits < 6)
		sf_words_add(w, " (random octets look so once in %.0f)",
		    round(odds / unit) * unit);
	else
		sf_words_add(
		    w, " (random octets look so once in 10^%.0f)", digits);
}

/* What one frame shows: the packet, its first octets, what they look like. */
static void
add_shown(struct sf_words *w, const struct sf_finding *f)
{
	const struct sf_shown *s = &f->examples[0].shown;

	if (f->n_examples == 0 || s->n == 0 || s->look == SF_LOOK_NONE)
		return;
	sf_words_add(w, "; packet %" PRIu64 " %s", s->place.packet,
	    f->rule == SFP009 ? "repeats" : "begins");
	for (unsigned i = 0; i < s->n; i++)
		sf_words_add(w, " %02x", s->octets[i]);
	sf_words_add(w, ": %s", sf_look_text(s->look));
	if (s->surprise > 0)
		add_odds(w, exp((double)s->surprise));
}

/* A cipher that does nothing: which test says so, over how many frames. */
static void
about_bare(struct sf_subject *x)
{
	const struct sf_evidence *e = &x->s->evidence;

	sf_words_frames(&x->w, x->f->frames);
	sf_words_add(&x->w,
	    " behind well-formed headers; were they encrypted, the octets "
	    "there "
	    "would look like this once in %.0e (the smaller p-value of two "
	    "tests, of %" PRIu64 " blocks)",
	    1 / fmax(1e-300, fmin(e->p_head, e->p_nib_head)), e->windows);
}

static void
about_aside(struct sf_subject *x)
{
	if (x->f->frames == 0)
		return;
	sf_words_frames(&x->w, x->f->frames);
	add_shown(&x->w, x->f);
}

/* They look like nothing: the octets are all there is to say. */
static void
about_strangers(struct sf_subject *x)
{
	const struct sf_shown *s = &x->f->examples[0].shown;

	sf_words_frames(&x->w, x->f->frames);
	if (x->f->n_examples == 0 || s->n == 0)
		return;
	sf_words_add(&x->w, "; packet %" PRIu64 " begins", s->place.packet);
	for (unsigned i = 0; i < s->n; i++)
		sf_words_add(&x->w, " %02x", s->octets[i]);
}

static void
about_events(struct sf_subject *x)
{
	sf_words_add(&x->w, "%" PRIu64 " key%s", x->f->frames,
	    sf_words_plural(x->f->frames));
	add_shown(&x->w, x->f);
}

static void
about_clear_media(struct sf_subject *x)
{
	const struct sf_finding *f = x->f;
	const char *codec = x->s == NULL ? NULL : sf_codec_name(x->s->codec);

	if (f->frames == 0)
		return;
	sf_words_frames(&x->w, f->frames);
	if (codec != NULL)
		sf_words_add(&x->w, " of %s", codec);
	if (f->count == 1 && f->frames > 1 &&
	    f->last.time_ns > f->first.time_ns) {
		sf_words_add(&x->w, " in ");
		sf_words_span(&x->w, f->last.time_ns - f->first.time_ns);
	}
	if (x->s != NULL && x->s->evidence.width > 0)
		sf_words_add(&x->w, "; a key frame shows a picture of %u x %u",
		    x->s->evidence.width, x->s->evidence.height);
	add_shown(&x->w, f);
}

static void
about_clear_head(struct sf_subject *x)
{
	int n = x->f->clear_octets;

	if (n == 1)
		sf_words_add(&x->w, "the first octet of every frame");
	else if (n > 1)
		sf_words_add(&x->w, "the first %d octets of every frame", n);
	if (n > 0 && x->s != NULL && x->s->clear_octets_key >= 0)
		sf_words_add(
		    &x->w, ", %d of key frames", x->s->clear_octets_key);
}

/* What old WebKit put in front for the packetizer of a codec. */
static const char *
in_front_of_draft(const struct sf_stream *s)
{
	if (s->codec == SF_CODEC_H264 && s->clear_octets == 6)
		return ", with WebKit's six octets of a slice in front";
	if (s->codec == SF_CODEC_VP8 && s->clear_octets == 3)
		return ", with a copy of VP8's head in front as WebKit put it";
	return "";
}

static void
about_dialect(struct sf_subject *x)
{
	const struct sf_dialect_row *d =
	    x->s == NULL ? NULL : sf_dialect_row(x->s->dialect);

	if (d == NULL)
		return;
	sf_words_add(&x->w, "recognised as %s (%s)", d->name, d->who);
	if (x->s->dialect == SF_DIALECT_SFRAME_DRAFT)
		sf_words_add(&x->w, "%s", in_front_of_draft(x->s));
	if (d->lacks[0] != '\0')
		sf_words_add(&x->w, "; it lacks %s", d->lacks);
}

static void
about_packetizer(struct sf_subject *x)
{
	const char *codec =
	    x->s == NULL ? NULL : sf_codec_name(x->s->evidence.rewritten_codec);

	sf_words_frames(&x->w, x->f->frames);
	if (x->s != NULL)
		sf_words_add(&x->w, " of %" PRIu64, x->s->frames);
	if (codec != NULL)
		sf_words_add(&x->w, ", sent as %s", codec);
}

/* What the frame opened under. */
static void
add_diagnosed(struct sf_words *w, const struct sf_diagnosis *d)
{
	const struct sf_suite *suite = sf_suite_by_id(d->suite);

	if (suite != NULL)
		sf_words_add(w, " (%s", suite->name);
	if (d->said_suite != 0 && d->said_suite != d->suite)
		sf_words_add(w, ", under number %u", d->said_suite);
	if (d->mistake == SF_MISTAKE_OTHER_KEY)
		sf_words_add(w, ", the key of KID %" PRIu64, d->kid);
	if (d->step != 0)
		sf_words_add(w, ", by %" PRId64, d->step);
	if (suite != NULL)
		sf_words_add(w, ")");
}

void
sf_words_diagnosed(struct sf_words *w, const struct sf_diagnosis *d)
{
	const struct sf_mistake_row *row =
	    d == NULL ? NULL : sf_mistake_row(d->mistake);

	if (row == NULL) {
		sf_words_add(w, "none of the known mistakes explains it");
		return;
	}
	sf_words_add(w, "what fits: %s", row->text);
	add_diagnosed(w, d);
	sf_words_add(w, ". %s", row->remedy);
}

void
sf_words_diagnosis(char out[SF_WORDS_MAX], const struct sf_diagnosis *d)
{
	struct sf_words w = { .out = out };

	out[0] = '\0';
	sf_words_diagnosed(&w, d);
}

/* How many frames, of which KID, and the mistake that explains it. */
static void
about_failure(struct sf_subject *x)
{
	sf_words_frames(&x->w, x->f->count);
	if (x->f->n_examples > 0)
		sf_words_add(&x->w, ", first KID %" PRIu64 ", CTR %" PRIu64,
		    x->f->examples[0].kid, x->f->examples[0].ctr);
	sf_words_add(&x->w, "; ");
	sf_words_diagnosed(&x->w, x->s == NULL ? NULL : &x->s->diagnosis);
	if (x->r->model->per_ssrc_keys && x->s != NULL &&
	    x->s->diagnosis.mistake == SF_MISTAKE_NONE)
		sf_words_add(&x->w,
		    ". Keys of each SSRC: a stream looks like this, too, when "
		    "a hop gave it another SSRC and nothing here tells the one "
		    "it had (no stream, RTCP, CSRC, SDP or key)");
}

static void
about_control(struct sf_subject *x)
{
	sf_words_add(&x->w, "%" PRIu64 " of %" PRIu64 " controls opened",
	    x->f->count, x->f->frames);
}

static void
about_suite(struct sf_subject *x)
{
	const struct sf_suite *suite =
	    x->s == NULL ? NULL : sf_suite_by_id(x->s->suite);

	if (suite != NULL)
		sf_words_add(&x->w, "%s", suite->name);
}

static void
about_closed(struct sf_subject *x)
{
	const struct sf_srtp_facts *f = &x->s->srtp;

	sf_words_add(&x->w,
	    "%" PRIu64 " packets; %" PRIu32 " key%s tried in either direction",
	    f->closed, f->keys, sf_words_plural(f->keys));
	if (f->rocs > 1)
		sf_words_add(&x->w, " with rollover counters 0 to %" PRIu32,
		    f->rocs - 1);
}

static void
about_altered(struct sf_subject *x)
{
	const struct sf_srtp_facts *f = &x->s->srtp;

	sf_words_add(&x->w, "%" PRIu64 " of %" PRIu64 " packets", f->failed,
	    f->failed + f->removed);
}

static void
about_cut(struct sf_subject *x)
{
	if (x->f->frames == 0)
		return;
	sf_words_frames(&x->w, x->f->frames);
	sf_words_add(&x->w, " could not be judged");
}

const char *
sf_words_inside(const struct sf_capture_info *info)
{
	return info->damaged_inside ? " of what was unpacked" : "";
}

static void
about_damage(struct sf_subject *x)
{
	const struct sf_capture_info *info;

	if (x->f->first.input >= x->r->n_inputs)
		return;
	info = x->r->inputs[x->f->first.input].info;
	if (info->damaged)
		sf_words_add(&x->w,
		    "at octet %" PRIu64 "%s, after packet %" PRIu64 " (%s)",
		    info->damaged_at, sf_words_inside(info), info->packets,
		    info->diag.field != NULL ? info->diag.field
					     : "the file ends early");
	else if (info->totals.damaged != 0)
		sf_words_add(&x->w, "what it was unwrapped from was damaged");
}

static void
about_limits(struct sf_subject *x)
{
	const struct sf_model *m = x->r->model;
	const char *comma = "";

	for (unsigned i = 0; i < SF_LIMITS; i++) {
		if (m->limits[i] == 0)
			continue;
		sf_words_add(&x->w, "%s%" PRIu64 " %s", comma, m->limits[i],
		    sf_limit_text((enum sf_limit)i));
		comma = "; ";
	}
}

static void
about_holes(struct sf_subject *x)
{
	sf_words_add(&x->w,
	    "%" PRIu64 " octets are missing, or stand where no packet could be "
	    "told from another",
	    x->f->count);
}

static sf_about *const about[SF_FINDINGS] = {
	/* clang-format off */
	[SFH001] = about_form,
	[SFH002] = about_form,
	[SFH003] = about_form,
	[SFH004] = about_form,
	[SFH005] = about_cut,
	[SFH006] = about_cut,
	[SFN001] = about_counter,
	[SFN002] = about_counter,
	[SFN003] = about_counter,
	[SFK001] = sf_about_drift,
	[SFK002] = sf_about_return,
	[SFK003] = sf_about_sharing,
	[SFK004] = sf_about_rotation,
	[SFK005] = sf_about_unknown_kid,
	[SFK006] = sf_about_age,
	[SFK007] = sf_about_overuse,
	[SFK008] = about_suite,
	[SFK009] = about_unproven,
	[SFK010] = about_dialect,
	[SFK011] = sf_about_ahead,
	[SFK012] = sf_about_not_followed,
	[SFK013] = sf_about_drift,
	[SFK014] = about_counter,
	[SFA001] = about_failure,
	[SFA002] = about_control,
	[SFA003] = about_suite,
	[SFP001] = about_clear_media,
	[SFP002] = about_clear_media,
	[SFP003] = about_clear_media,
	[SFP004] = about_clear_head,
	[SFP005] = about_aside,
	[SFP006] = about_aside,
	[SFP007] = about_aside,
	[SFP008] = about_bare,
	[SFP009] = about_aside,
	[SFP010] = about_events,
	[SFP011] = about_aside,
	[SFP012] = about_strangers,
	[SFD001] = about_dialect,
	[SFR001] = about_packetizer,
	[SFR002] = about_clear_media,
	[SFE001] = sf_about_level,
	[SFE002] = sf_about_sizes,
	[SFE003] = sf_about_pauses,
	[SFE009] = sf_about_messages,
	[SFE005] = sf_about_layers,
	[SFE010] = sf_about_layers,
	[SFE011] = sf_about_roster,
	[SFS001] = about_clear_media,
	[SFS010] = about_closed,
	[SFS011] = about_altered,
	[SFX001] = about_cut,
	[SFX002] = about_damage,
	[SFX003] = about_limits,
	[SFX011] = about_clear_media,
	[SFX022] = about_holes,
	/* clang-format on */
};

void
sf_words_detail(char out[SF_WORDS_MAX], const struct sf_result *r,
    const struct sf_finding *f)
{
	struct sf_subject x = { { out, 0 }, r, f, NULL };

	out[0] = '\0';
	if (f->n_streams > 0)
		x.s = sf_text_stream(r, f->streams[0]);
	if (about[f->rule] != NULL)
		about[f->rule](&x);
}
