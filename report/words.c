/*
 * words.c - the sentences of a report, made from its numbers.
 */
#include "report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checks/policy.h"
#include "checks/timeline.h"
#include "engine/exposure.h"
#include "report/text.h"
#include "report/time.h"

struct words {
	char *out;
	size_t at;
};

static void add(struct words *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct words *w, const char *format, ...)
{
	size_t room = SF_WORDS_MAX - w->at;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->out + w->at, room, format, args);
	va_end(args);
	if (n > 0)
		w->at += (size_t)n < room ? (size_t)n : room - 1;
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void
add_frames(struct words *w, uint64_t n)
{
	add(w, "%" PRIu64 " frame%s", n, plural(n));
}

static void
add_stream(struct words *w, const struct sf_stream *s)
{
	const char *kind = sf_kind_name(s->kind);

	add(w, "stream %" PRIu32 " (0x%08" PRIx32 "%s%s)", s->id, s->ssrc,
	    kind == NULL ? "" : " ", kind == NULL ? "" : kind);
}

static void
add_place(struct words *w, const struct sf_place *p)
{
	char clock[SF_TIME_MAX];

	sf_time_clock(clock, p->time_ns);
	add(w, "%s (packet %" PRIu64 ")", clock, p->packet);
}

static void
add_span(struct words *w, int64_t ns)
{
	char span[SF_TIME_MAX];

	sf_time_span(span, ns);
	add(w, "%s", span);
}

/* ---- headline ------------------------------------------------------------ */

/* As the verdict counts them: no repair streams, no bare padding. */
static bool
is_media(const struct sf_stream *s)
{
	return s->kind != SF_KIND_REPAIR && s->codec != SF_CODEC_OTHER &&
	       s->why != SF_WHY_NOT_MEDIA;
}

struct tally {
	unsigned media;
	unsigned by[SF_PROTS];
	unsigned clear;     /* streams with frames in the clear */
	unsigned all_clear; /* of these, with no other frames */
	unsigned copied;    /* streams with copies in the clear, and no more */
	/* the clear frames that came first */
	const struct sf_stream *who;
	const struct sf_interval *since;
	const struct sf_stream *repeats; /* the first of copied */
};

static const struct sf_interval *
first_clear(const struct sf_stream *s)
{
	const struct sf_interval *i = s->intervals;

	while (i != NULL && i->state != SF_STATE_PLAINTEXT)
		i = i->next;
	return i;
}

static bool
clear_itself(const struct sf_stream *s)
{
	return s->protection == SF_PROT_PLAINTEXT ||
	       s->by_state[SF_STATE_PLAINTEXT] >
		   s->silence.frames + s->injected.frames;
}

static void
count_copied(struct tally *t, const struct sf_stream *s)
{
	if (clear_itself(s) || s->copies.frames == 0)
		return;
	if (t->copied++ == 0)
		t->repeats = s;
}

static struct tally
count(const struct sf_result *r)
{
	struct tally t = { 0 };

	for (const struct sf_stream *s = r->model->streams; s; s = s->next) {
		const struct sf_interval *i = first_clear(s);

		if (!is_media(s))
			continue;
		t.media++;
		t.by[s->protection]++;
		t.all_clear += s->protection == SF_PROT_PLAINTEXT;
		t.clear += clear_itself(s);
		count_copied(&t, s);
		if (i != NULL &&
		    (t.since == NULL ||
			i->first.time_ns < t.since->first.time_ns)) {
			t.who = s;
			t.since = i;
		}
	}
	return t;
}

/* True when a later run of the stream is protected. */
static bool
ends(const struct sf_interval *i)
{
	for (i = i->next; i != NULL; i = i->next)
		if (i->state == SF_STATE_VERIFIED ||
		    i->state == SF_STATE_ENCRYPTED)
			return true;
	return false;
}

static void
headline_clear(struct words *w, const struct tally *t)
{
	add(w, "%u of %u media stream%s %s sent in the clear", t->clear,
	    t->media, plural(t->media), t->clear == 1 ? "was" : "were");
	if (t->all_clear == 0)
		add(w, " for a time");
	if (t->who == NULL)
		return;
	add(w, t->clear == 1 ? ": " : "; the first is ");
	add_stream(w, t->who);
	add(w, ", from ");
	add_place(w, &t->since->first);
	if (!ends(t->since)) {
		add(w, " on");
		return;
	}
	add(w, " to ");
	add_place(w, &t->since->last);
}

static void
headline_copied(struct words *w, const struct tally *t)
{
	add(w,
	    "%u of %u media stream%s %s protected, and copies of %s frames "
	    "were sent in the clear: ",
	    t->copied, t->media, plural(t->media),
	    t->copied == 1 ? "is" : "are", t->copied == 1 ? "its" : "their");
	add_stream(w, t->repeats);
	add(w, ", from ");
	add_place(w, &t->repeats->copies.first);
	add(w, " to ");
	add_place(w, &t->repeats->copies.last);
}

/* One row per way to be protected, or not to be known. */
static const struct {
	enum sf_protection protection;
	const char *words;
} ways[] = {
	{ SF_PROT_VERIFIED,
	    "encrypted end to end and opened with the keys given" },
	{ SF_PROT_CONSISTENT,
	    "consistent with SFrame (strong evidence; only keys would be "
	    "proof)" },
	{ SF_PROT_PARTLY_CLEAR, "protected behind a head in the clear" },
	{ SF_PROT_OTHER_DIALECT, "encrypted, but not by RFC 9605" },
	{ SF_PROT_SRTP, "still under SRTP, where SFrame cannot be seen" },
	{ SF_PROT_UNDECIDABLE, "undecidable" },
};

static void
headline_protected(
    struct words *w, const struct sf_result *r, const struct tally *t)
{
	const char *comma = ": ";
	unsigned warnings = 0;

	add(w, "%u", t->media);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		unsigned n = t->by[ways[i].protection];

		if (n == 0)
			continue;
		if (n == t->media) {
			add(w, " of %u media stream%s %s %s", n, plural(n),
			    n == 1 ? "is" : "are", ways[i].words);
			comma = "";
			break;
		}
		if (comma[0] == ':')
			add(w, " media streams");
		add(w, "%s%u %s", comma, n, ways[i].words);
		comma = ", ";
	}
	if (comma[0] == ':')
		add(w, " media streams");
	for (unsigned i = 0; i < r->n_findings; i++)
		warnings += r->findings[i].severity >= SF_WARNING;
	if (warnings > 0)
		add(w, "; see %u finding%s below", warnings, plural(warnings));
}

/* A failure other than clear media: name the worst. */
static void
headline_finding(struct words *w, const struct sf_result *r)
{
	const struct sf_finding *f = &r->findings[0];

	add(w, "no media stream was seen in the clear, but %s",
	    sf_rules[f->rule].text);
	if (f->n_streams == 2)
		add(w, ", in streams %" PRIu32 " and %" PRIu32, f->streams[0],
		    f->streams[1]);
	else if (f->n_streams > 2)
		add(w, ", in %u streams", f->n_streams);
	if (f->n_streams == 1) {
		const struct sf_stream *s = sf_text_stream(r, f->streams[0]);

		if (s != NULL) {
			add(w, ", in ");
			add_stream(w, s);
		}
	}
	if (f->first.packet != 0) {
		add(w, ", from ");
		add_place(w, &f->first);
		add(w, " on");
	}
}

static void
headline_inconclusive(
    struct words *w, const struct sf_result *r, const struct tally *t)
{
	const struct sf_accounting *a = &r->model->accounting;

	if (t->media == 0 && a->srtp + a->dtls > 0)
		add(w,
		    "no media stream could be read, and there is SRTP or DTLS "
		    "here");
	else if (t->media == 0)
		add(w, "no media stream was seen");
	else
		headline_protected(w, r, t);
}

void
sf_words_headline(char out[SF_WORDS_MAX], const struct sf_result *r)
{
	struct words w = { out, 0 };
	struct tally t = count(r);

	out[0] = '\0';
	if (t.clear > 0)
		headline_clear(&w, &t);
	else if (t.copied > 0)
		headline_copied(&w, &t);
	else if (r->verdict == SF_FAIL && r->n_findings > 0)
		headline_finding(&w, r);
	else if (r->verdict == SF_INCONCLUSIVE)
		headline_inconclusive(&w, r, &t);
	else
		headline_protected(&w, r, &t);
}

/* ---- details ------------------------------------------------------------- */

struct subject {
	struct words w;
	const struct sf_result *r;
	const struct sf_finding *f;
	const struct sf_stream *s; /* the first it is about; may be NULL */
};

static void
about_form(struct subject *x)
{
	const struct sf_example *e = &x->f->examples[0];

	if (x->f->frames > 0) {
		add_frames(&x->w, x->f->frames);
		add(&x->w, "; ");
	}
	if (x->f->n_examples > 0 && e->has_header)
		add(&x->w, "first KID %" PRIu64 ", CTR %" PRIu64, e->kid,
		    e->ctr);
}

static void
about_counter(struct subject *x)
{
	const struct sf_finding *f = x->f;
	const struct sf_example *e = &f->examples[0];
	bool known = f->n_examples > 0 && e->has_header;

	/* a rule asked frame by frame knows its KID from the example alone */
	if (f->frames > 0 || known)
		add(&x->w, "KID %" PRIu64, f->frames > 0 ? f->kid : e->kid);
	if (known)
		add(&x->w, ", first CTR %" PRIu64 " (packet %" PRIu64 ")",
		    e->ctr, e->place.packet);
	if (f->frames > 0) {
		add(&x->w, "; ");
		add_frames(&x->w, f->frames);
	}
	if (x->f->earlier_ns != 0) {
		char when[SF_TIME_MAX];

		sf_time_date_clock(when, x->f->earlier_ns);
		add(&x->w, "; counted before in an earlier capture, until %s",
		    when);
	}
}

static void
about_drift(struct subject *x)
{
	const struct sf_finding *f = x->f;

	add(&x->w, "KID %" PRIu64 " was still in use ", f->kid);
	add_span(&x->w, f->lag_ns);
	add(&x->w, " after ");
	if (f->other_stream != 0)
		add(&x->w, "stream %" PRIu32, f->other_stream);
	else
		add(&x->w, "the group");
	add(&x->w, " moved to KID %" PRIu64, f->new_kid);
	if (f->frames > 0) {
		add(&x->w, "; ");
		add_frames(&x->w, f->frames);
		add(&x->w, " late");
	}
}

static void
about_ahead(struct subject *x)
{
	add(&x->w, "on KID %" PRIu64 " ", x->f->kid);
	add_span(&x->w, x->f->lag_ns);
	add(&x->w, x->f->other_stream != 0
		       ? " before half of the group came to it"
		       : ", and the group never came to it");
}

static void
about_not_followed(struct subject *x)
{
	add(&x->w, "KID %" PRIu64 " to the end, ", x->f->kid);
	add_span(&x->w, x->f->lag_ns);
	add(&x->w, " after stream %" PRIu32 " moved to KID %" PRIu64,
	    x->f->other_stream, x->f->new_kid);
}

static void
about_return(struct subject *x)
{
	add(&x->w, "back to KID %" PRIu64 " from KID %" PRIu64, x->f->kid,
	    x->f->new_kid);
	if (x->f->frames > 0) {
		add(&x->w, " for ");
		add_frames(&x->w, x->f->frames);
	}
}

static void
about_sharing(struct subject *x)
{
	add(&x->w, "KID %" PRIu64, x->f->kid);
	if (x->f->other_stream != 0)
		add(&x->w, ", with stream %" PRIu32, x->f->other_stream);
}

static void
about_rotation(struct subject *x)
{
	add(&x->w, "KID %" PRIu64 " stayed in use for ", x->f->kid);
	add_span(&x->w, x->f->lag_ns);
	if (x->f->other_stream != 0)
		add(&x->w, " after stream %" PRIu32 " ended",
		    x->f->other_stream);
	else
		add(&x->w, " after a participant joined or left");
}

static void
about_age(struct subject *x)
{
	add(&x->w, "KID %" PRIu64 " for ", x->f->kid);
	add_span(&x->w, x->f->lag_ns);
	if (x->r->policy == NULL)
		return;
	add(&x->w, "; the policy allows ");
	add_span(&x->w, x->r->policy->max_age_ns);
}

static void
about_overuse(struct subject *x)
{
	add(&x->w, "KID %" PRIu64 ", ", x->f->kid);
	add_frames(&x->w, x->f->frames);
	if (x->r->policy != NULL)
		add(&x->w, "; the policy allows %" PRIu64,
		    x->r->policy->max_frames);
}

/* How much the lengths tell, against what is known or at most. */
static void
about_sizes(struct subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;
	int64_t ns;
	double rate, told;

	if (e == NULL)
		return;
	ns = x->s->last.time_ns - x->s->first.time_ns;
	rate = ns <= 0 ? 0 : (double)e->packets * 1e9 / (double)ns;
	told = sf_exposure_told(e);
	if (told >= 0)
		add(&x->w, "about %.1f bits a second tell loud from quiet, ",
		    told * rate);
	add(&x->w,
	    "lengths that vary by %.1f bits a frame, %.0f frames a second",
	    sf_exposure_entropy(e), rate);
}

static void
about_pauses(struct subject *x)
{
	add(&x->w, "%" PRIu64 " pauses, the longest of ", x->f->frames);
	add_span(&x->w, x->f->lag_ns);
}

static void
about_level(struct subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;

	if (e == NULL || sf_exposure_level_id(e) == 0)
		return;
	add(&x->w, "header extension %u, %s", sf_exposure_level_id(e),
	    e->told ? "as SDP says"
		    : "by its shape: one octet in every packet, many values");
}

static void
about_unproven(struct subject *x)
{
	add_frames(&x->w, x->f->frames);
	add(&x->w, " without proof");
}

/* 900, 1,000,000,000: as a person writes it, and rounded to one digit. */
static void
add_odds(struct words *w, double odds)
{
	double digits = floor(log10(odds));
	double unit = pow(10, digits);

	if (digits < 6)
		add(w, " (random octets look so once in %.0f)",
		    round(odds / unit) * unit);
	else
		add(w, " (random octets look so once in 10^%.0f)", digits);
}

/* What one frame shows: the packet, its first octets, what they look like. */
static void
add_shown(struct words *w, const struct sf_finding *f)
{
	const struct sf_shown *s = &f->examples[0].shown;

	if (f->n_examples == 0 || s->n == 0 || s->look == SF_LOOK_NONE)
		return;
	add(w, "; packet %" PRIu64 " %s", s->place.packet,
	    f->rule == SFP009 ? "repeats" : "begins");
	for (unsigned i = 0; i < s->n; i++)
		add(w, " %02x", s->octets[i]);
	add(w, ": %s", sf_look_text(s->look));
	if (s->surprise > 0)
		add_odds(w, exp((double)s->surprise));
}

/* A cipher that does nothing: which test says so, over how many frames. */
static void
about_bare(struct subject *x)
{
	const struct sf_evidence *e = &x->s->evidence;

	add_frames(&x->w, x->f->frames);
	add(&x->w,
	    " behind well-formed headers; were they encrypted, the octets "
	    "there "
	    "would look like this once in %.0e (the smaller p-value of two "
	    "tests, of %" PRIu64 " blocks)",
	    1 / fmax(1e-300, fmin(e->p_head, e->p_nib_head)), e->windows);
}

static void
about_aside(struct subject *x)
{
	if (x->f->frames == 0)
		return;
	add_frames(&x->w, x->f->frames);
	add_shown(&x->w, x->f);
}

/* They look like nothing: the octets are all there is to say. */
static void
about_strangers(struct subject *x)
{
	const struct sf_shown *s = &x->f->examples[0].shown;

	add_frames(&x->w, x->f->frames);
	if (x->f->n_examples == 0 || s->n == 0)
		return;
	add(&x->w, "; packet %" PRIu64 " begins", s->place.packet);
	for (unsigned i = 0; i < s->n; i++)
		add(&x->w, " %02x", s->octets[i]);
}

static void
about_events(struct subject *x)
{
	add(&x->w, "%" PRIu64 " key%s", x->f->frames, plural(x->f->frames));
	add_shown(&x->w, x->f);
}

static void
about_clear_media(struct subject *x)
{
	const struct sf_finding *f = x->f;
	const char *codec = x->s == NULL ? NULL : sf_codec_name(x->s->codec);

	if (f->frames == 0)
		return;
	add_frames(&x->w, f->frames);
	if (codec != NULL)
		add(&x->w, " of %s", codec);
	if (f->count == 1 && f->frames > 1 &&
	    f->last.time_ns > f->first.time_ns) {
		add(&x->w, " in ");
		add_span(&x->w, f->last.time_ns - f->first.time_ns);
	}
	if (x->s != NULL && x->s->evidence.width > 0)
		add(&x->w, "; a key frame shows a picture of %u x %u",
		    x->s->evidence.width, x->s->evidence.height);
	add_shown(&x->w, f);
}

static void
about_clear_head(struct subject *x)
{
	int n = x->f->clear_octets;

	if (n == 1)
		add(&x->w, "the first octet of every frame");
	else if (n > 1)
		add(&x->w, "the first %d octets of every frame", n);
	if (n > 0 && x->s != NULL && x->s->clear_octets_key >= 0)
		add(&x->w, ", %d of key frames", x->s->clear_octets_key);
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
about_dialect(struct subject *x)
{
	const struct sf_dialect_row *d =
	    x->s == NULL ? NULL : sf_dialect_row(x->s->dialect);

	if (d == NULL)
		return;
	add(&x->w, "recognised as %s (%s)", d->name, d->who);
	if (x->s->dialect == SF_DIALECT_SFRAME_DRAFT)
		add(&x->w, "%s", in_front_of_draft(x->s));
	if (d->lacks[0] != '\0')
		add(&x->w, "; it lacks %s", d->lacks);
}

static void
about_packetizer(struct subject *x)
{
	const char *codec = x->s == NULL ? NULL : sf_codec_name(x->s->codec);

	add_frames(&x->w, x->f->frames);
	if (x->s != NULL)
		add(&x->w, " of %" PRIu64, x->s->frames);
	if (codec != NULL)
		add(&x->w, ", sent as %s", codec);
}

/* What the frame opened under. */
static void
add_diagnosed(struct words *w, const struct sf_diagnosis *d)
{
	const struct sf_suite *suite = sf_suite_by_id(d->suite);

	if (suite != NULL)
		add(w, " (%s", suite->name);
	if (d->said_suite != 0 && d->said_suite != d->suite)
		add(w, ", under number %u", d->said_suite);
	if (d->mistake == SF_MISTAKE_OTHER_KEY)
		add(w, ", the key of KID %" PRIu64, d->kid);
	if (d->step != 0)
		add(w, ", by %" PRId64, d->step);
	if (suite != NULL)
		add(w, ")");
}

/* How many frames, of which KID, and the mistake that explains it. */
static void
about_failure(struct subject *x)
{
	const struct sf_mistake_row *row =
	    x->s == NULL ? NULL : sf_mistake_row(x->s->diagnosis.mistake);

	add_frames(&x->w, x->f->count);
	if (x->f->n_examples > 0)
		add(&x->w, ", first KID %" PRIu64 ", CTR %" PRIu64,
		    x->f->examples[0].kid, x->f->examples[0].ctr);
	if (row == NULL) {
		add(&x->w, "; none of the known mistakes explains it");
		return;
	}
	add(&x->w, "; what fits: %s", row->text);
	add_diagnosed(&x->w, &x->s->diagnosis);
	add(&x->w, ". %s", row->remedy);
}

static void
about_unknown_kid(struct subject *x)
{
	add_frames(&x->w, x->f->count);
	if (x->f->n_examples > 0)
		add(&x->w, ", first KID %" PRIu64, x->f->examples[0].kid);
}

static void
about_control(struct subject *x)
{
	add(&x->w, "%" PRIu64 " of %" PRIu64 " controls opened", x->f->count,
	    x->f->frames);
}

static void
about_suite(struct subject *x)
{
	const struct sf_suite *suite =
	    x->s == NULL ? NULL : sf_suite_by_id(x->s->suite);

	if (suite != NULL)
		add(&x->w, "%s", suite->name);
}

static void
about_closed(struct subject *x)
{
	const struct sf_srtp_facts *f = &x->s->srtp;

	add(&x->w,
	    "%" PRIu64 " packets; %" PRIu32 " key%s tried in either direction",
	    f->closed, f->keys, plural(f->keys));
	if (f->rocs > 1)
		add(&x->w, " with rollover counters 0 to %" PRIu32,
		    f->rocs - 1);
}

static void
about_altered(struct subject *x)
{
	const struct sf_srtp_facts *f = &x->s->srtp;

	add(&x->w, "%" PRIu64 " of %" PRIu64 " packets", f->failed,
	    f->failed + f->removed);
}

static void
about_cut(struct subject *x)
{
	if (x->f->frames == 0)
		return;
	add_frames(&x->w, x->f->frames);
	add(&x->w, " could not be judged");
}

static void
about_damage(struct subject *x)
{
	const struct sf_capture_info *info;

	if (x->f->first.input >= x->r->n_inputs)
		return;
	info = x->r->inputs[x->f->first.input].info;
	if (info->damaged)
		add(&x->w,
		    "at octet %" PRIu64 ", after packet %" PRIu64 " (%s)",
		    info->damaged_at, info->packets,
		    info->diag.field != NULL ? info->diag.field
					     : "the file ends early");
}

static void
about_messages(struct subject *x)
{
	const struct sf_data_facts *d = &x->r->model->data;

	add(&x->w, "%" PRIu64 " of %" PRIu64 " message%s readable as text",
	    d->text.n, d->messages, d->messages == 1 ? " is" : "s are");
}

static unsigned
bits_of(uint8_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= (uint8_t)(v - 1))
		n++;
	return n;
}

static void
about_layers(struct subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;
	unsigned spatial, temporal;

	if (e == NULL)
		return;
	spatial = bits_of(e->spatial);
	temporal = bits_of(e->temporal);
	if (spatial + temporal > 0)
		add(&x->w, "%u spatial and %u temporal layer%s",
		    spatial == 0 ? 1 : spatial, temporal == 0 ? 1 : temporal,
		    temporal > 1 ? "s" : "");
	if (e->structures > 0)
		add(&x->w, "%sthe sizes of all layers, %" PRIu32 " time%s",
		    spatial + temporal > 0 ? "; " : "", e->structures,
		    e->structures == 1 ? "" : "s");
}

static void
about_roster(struct subject *x)
{
	const struct sf_timeline *t = x->r->timeline;

	if (t == NULL)
		return;
	add(&x->w, "%u sender%s with %u KID%s", t->n_senders,
	    t->n_senders == 1 ? "" : "s", t->n_kids, t->n_kids == 1 ? "" : "s");
	if (t->changes > 0)
		add(&x->w, ", %" PRIu64 " change%s of key", t->changes,
		    t->changes == 1 ? "" : "s");
}

static void
about_limits(struct subject *x)
{
	const struct sf_model *m = x->r->model;
	const char *comma = "";

	for (unsigned i = 0; i < SF_LIMITS; i++) {
		if (m->limits[i] == 0)
			continue;
		add(&x->w, "%s%" PRIu64 " %s", comma, m->limits[i],
		    sf_limit_text((enum sf_limit)i));
		comma = "; ";
	}
}

static void (*const about[SF_FINDINGS])(struct subject *x) = {
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
	[SFK001] = about_drift,
	[SFK002] = about_return,
	[SFK003] = about_sharing,
	[SFK004] = about_rotation,
	[SFK005] = about_unknown_kid,
	[SFK006] = about_age,
	[SFK007] = about_overuse,
	[SFK008] = about_suite,
	[SFK009] = about_unproven,
	[SFK010] = about_dialect,
	[SFK011] = about_ahead,
	[SFK012] = about_not_followed,
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
	[SFE001] = about_level,
	[SFE002] = about_sizes,
	[SFE003] = about_pauses,
	[SFE009] = about_messages,
	[SFE010] = about_layers,
	[SFE011] = about_roster,
	[SFS001] = about_clear_media,
	[SFS010] = about_closed,
	[SFS011] = about_altered,
	[SFX001] = about_cut,
	[SFX002] = about_damage,
	[SFX003] = about_limits,
	[SFX011] = about_clear_media,
	/* clang-format on */
};

void
sf_words_detail(char out[SF_WORDS_MAX], const struct sf_result *r,
    const struct sf_finding *f)
{
	struct subject x = { { out, 0 }, r, f, NULL };

	out[0] = '\0';
	if (f->n_streams > 0)
		x.s = sf_text_stream(r, f->streams[0]);
	if (about[f->rule] != NULL)
		about[f->rule](&x);
}
