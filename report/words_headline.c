/*
 * words_headline.c - the first sentence of a report, and what all sentences are
 * put together with.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/text.h"
#include "report/time.h"
#include "report/words_parts.h"

void
sf_words_add(struct sf_words *w, const char *format, ...)
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

void
sf_words_frames(struct sf_words *w, uint64_t n)
{
	sf_words_add(w, "%" PRIu64 " frame%s", n, sf_words_plural(n));
}

void
sf_words_stream(struct sf_words *w, const struct sf_stream *s)
{
	const char *kind = sf_kind_name(s->kind);

	sf_words_add(w, "stream %" PRIu32 " (0x%08" PRIx32 "%s%s)", s->id,
	    s->ssrc, kind == NULL ? "" : " ", kind == NULL ? "" : kind);
}

void
sf_words_place(struct sf_words *w, const struct sf_place *p)
{
	char clock[SF_TIME_MAX];

	sf_time_clock(clock, p->time_ns);
	sf_words_add(w, "%s (packet %" PRIu64 ")", clock, p->packet);
}

void
sf_words_span(struct sf_words *w, int64_t ns)
{
	char span[SF_TIME_MAX];

	sf_time_span(span, ns);
	sf_words_add(w, "%s", span);
}

const char *
sf_words_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- headline ------------------------------------------------------------ */

/* As the verdict counts them: no repair streams, no bare padding. */
static bool
is_media(const struct sf_stream *s)
{
	return s->kind != SF_KIND_REPAIR && s->why != SF_WHY_NOT_MEDIA;
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
headline_clear(struct sf_words *w, const struct tally *t)
{
	sf_words_add(w, "%u of %u media stream%s %s sent in the clear",
	    t->clear, t->media, sf_words_plural(t->media),
	    t->clear == 1 ? "was" : "were");
	if (t->all_clear == 0)
		sf_words_add(w, " for a time");
	if (t->who == NULL)
		return;
	sf_words_add(w, t->clear == 1 ? ": " : "; the first is ");
	sf_words_stream(w, t->who);
	sf_words_add(w, ", from ");
	sf_words_place(w, &t->since->first);
	if (!ends(t->since)) {
		sf_words_add(w, " on");
		return;
	}
	sf_words_add(w, " to ");
	sf_words_place(w, &t->since->last);
}

static void
headline_copied(struct sf_words *w, const struct tally *t)
{
	sf_words_add(w,
	    "%u of %u media stream%s %s protected, and copies of %s frames "
	    "were sent in the clear: ",
	    t->copied, t->media, sf_words_plural(t->media),
	    t->copied == 1 ? "is" : "are", t->copied == 1 ? "its" : "their");
	sf_words_stream(w, t->repeats);
	sf_words_add(w, ", from ");
	sf_words_place(w, &t->repeats->copies.first);
	sf_words_add(w, " to ");
	sf_words_place(w, &t->repeats->copies.last);
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
	{ SF_PROT_PARTLY_CLEAR, "protected in part, with octets in the clear" },
	{ SF_PROT_OTHER_DIALECT, "encrypted, but not by RFC 9605" },
	{ SF_PROT_SRTP, "still under SRTP, where SFrame cannot be seen" },
	{ SF_PROT_UNDECIDABLE, "undecidable" },
};

static void
headline_protected(
    struct sf_words *w, const struct sf_result *r, const struct tally *t)
{
	const char *comma = ": ";
	unsigned warnings = 0;

	sf_words_add(w, "%u", t->media);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		unsigned n = t->by[ways[i].protection];

		if (n == 0)
			continue;
		if (n == t->media) {
			sf_words_add(w, " of %u media stream%s %s %s", n,
			    sf_words_plural(n), n == 1 ? "is" : "are",
			    ways[i].words);
			comma = "";
			break;
		}
		if (comma[0] == ':')
			sf_words_add(w, " media streams");
		sf_words_add(w, "%s%u %s", comma, n, ways[i].words);
		comma = ", ";
	}
	if (comma[0] == ':')
		sf_words_add(w, " media streams");
	for (unsigned i = 0; i < r->n_findings; i++)
		warnings += r->findings[i].severity >= SF_WARNING;
	if (warnings > 0)
		sf_words_add(w, "; see %u finding%s below", warnings,
		    sf_words_plural(warnings));
}

/* A failure other than clear media: name the worst. */
static void
headline_finding(struct sf_words *w, const struct sf_result *r)
{
	const struct sf_finding *f = &r->findings[0];

	sf_words_add(w, "no media stream was seen in the clear, but %s",
	    sf_rules[f->rule].text);
	if (f->n_streams == 2)
		sf_words_add(w, ", in streams %" PRIu32 " and %" PRIu32,
		    f->streams[0], f->streams[1]);
	else if (f->n_streams > 2)
		sf_words_add(w, ", in %u streams", f->n_streams);
	if (f->n_streams == 1) {
		const struct sf_stream *s = sf_text_stream(r, f->streams[0]);

		if (s != NULL) {
			sf_words_add(w, ", in ");
			sf_words_stream(w, s);
		}
	}
	if (f->first.packet != 0) {
		sf_words_add(w, ", from ");
		sf_words_place(w, &f->first);
		sf_words_add(w, " on");
	}
}

static void
headline_inconclusive(
    struct sf_words *w, const struct sf_result *r, const struct tally *t)
{
	const struct sf_accounting *a = &r->model->accounting;

	if (t->media == 0 && a->srtp + a->dtls > 0)
		sf_words_add(w,
		    "no media stream could be read, and there is SRTP or DTLS "
		    "here");
	else if (t->media == 0)
		sf_words_add(w, "no media stream was seen");
	else
		headline_protected(w, r, t);
}

void
sf_words_headline(char out[SF_WORDS_MAX], const struct sf_result *r)
{
	struct sf_words w = { out, 0 };
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
