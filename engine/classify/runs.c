#include "engine/classify/runs.h"

#include <math.h>

#include "parsers/sframe/header.h"

#define SHORTEST_TAG 4  /* RFC 9605 4.5: suite 3 */
#define NEAR_GAP     64 /* frames lost or sent on other streams in between */
#define GAP_A_SECOND 2000
#define WIDEST_GAP   60000
/* Steps of CTR that no pace has to explain: other streams count in between. */
#define EACH     4
#define PTIME_NS 20e6 /* of audio, between packets */

/* The three parsers give the same facts under three types. */
#define READ(name)                                                             \
	static bool read_##name(struct sf_run_header *out, struct sf_bytes in) \
	{                                                                      \
		struct sf_##name##_header h;                                   \
		struct sf_diag d;                                              \
                                                                               \
		if (sf_##name##_header_parse(&h, in, &d) != SF_OK)             \
			return false;                                          \
		out->kid = h.kid;                                              \
		out->ctr = h.ctr;                                              \
		out->kid_octets = h.kid_octets;                                \
		out->ctr_octets = h.ctr_octets;                                \
		out->octets = (uint8_t)h.aad.n;                                \
		return true;                                                   \
	}
READ(sframe)
READ(draft)
READ(omara)

static bool
read_layout(
    struct sf_run_header *out, struct sf_bytes in, enum sf_layout layout)
{
	switch (layout) {
	case SF_LAYOUT_RFC9605:
		return read_sframe(out, in);
	case SF_LAYOUT_DRAFT:
		return read_draft(out, in);
	case SF_LAYOUT_OMARA:
		return read_omara(out, in);
	}
	return false;
}

bool
sf_run_header_alone(
    struct sf_run_header *out, const struct sf_record *r, struct sf_placing p)
{
	uint8_t at = r->key ? p.at_key : p.at;
	struct sf_bytes in;

	if (!r->complete || at >= r->head_n)
		return false;
	in = sf_bytes(r->head + at, (size_t)(r->head_n - at));
	if (!read_layout(out, in, p.layout))
		return false;
	out->at = at;
	return true;
}

bool
sf_run_header(
    struct sf_run_header *out, const struct sf_record *r, struct sf_placing p)
{
	return sf_run_header_alone(out, r, p) &&
	       r->octets >= (uint32_t)out->at + out->octets + SHORTEST_TAG;
}

bool
sf_run_is_minimal(const struct sf_run_header *h)
{
	return h->ctr_octets == sf_sframe_header_octets(h->ctr) &&
	       h->kid_octets == sf_sframe_header_octets(h->kid);
}

bool
sf_run_passes_over(const struct sf_record *r)
{
	return !r->complete || r->octets < 1 + SHORTEST_TAG;
}

/*
 * How far CTR may move: a sender counts over all its streams, and media stops
 * and goes on, so the longer the pause the wider the gap. A form of one octet
 * in all says so little that it gets no such grace.
 */
static uint64_t
widest_gap(const struct sf_run_header *h, int64_t from_ns, int64_t to_ns)
{
	int64_t ms = (to_ns - from_ns) / 1000000;

	if (sf_run_short_form(h) || ms <= 0)
		return NEAR_GAP;
	if (ms > WIDEST_GAP * 1000 / GAP_A_SECOND)
		return WIDEST_GAP;
	return NEAR_GAP + (uint64_t)ms * GAP_A_SECOND / 1000;
}

bool
sf_run_follows(const struct sf_run_header *a, int64_t a_ns,
    const struct sf_run_header *b, int64_t b_ns)
{
	uint64_t gap = widest_gap(b, a_ns, b_ns);

	return a->kid == b->kid && a->kid_octets == b->kid_octets &&
	       b->ctr > a->ctr && b->ctr - a->ctr <= gap;
}

double
sf_run_packets(uint64_t a_seq, int64_t a_ns, uint64_t b_seq, int64_t b_ns)
{
	double packets = b_seq > a_seq ? (double)(b_seq - a_seq) : 1;

	return fmax(packets, (double)(b_ns - a_ns) / PTIME_NS);
}

bool
sf_run_explained(const struct sf_run_header *a, const struct sf_run_header *b,
    double packets, double pace)
{
	return !sf_run_short_form(b) ||
	       (double)(b->ctr - a->ctr) <= fmax(EACH, 3 * pace) * packets;
}

/* What a transition between two frames shows. */
enum step { STEP_ONE, STEP_NEAR, STEP_OTHER, STEP_KID, STEP_NONE, STEPS };

static enum step
step_between(const struct sf_run_header *a, const struct sf_run_header *b)
{
	if (a->kid != b->kid || a->kid_octets != b->kid_octets)
		return STEP_KID;
	if (b->ctr - a->ctr == 1)
		return STEP_ONE;
	if (b->ctr > a->ctr && b->ctr - a->ctr <= NEAR_GAP)
		return STEP_NEAR;
	return STEP_OTHER;
}

/*
 * Chances of each step. SFrame with a counter of its own, SFrame whose counter
 * several streams share, and media in the clear, by the form of the header:
 * plain Opus, whose TOC octet reads as "KID 0 to 7, one octet of CTR", imitates
 * SFrame best; a KID in octets of its own must repeat those as well.
 */
static const double sframe_alone[STEPS] = { .96, .035, .002, .002, .001 };
static const double sframe_shared[STEPS] = { .10, .895, .002, .002, .001 };
/* clang-format off */
static const double plain[][STEPS] = {
	{ .03,  .03,  .25, .59, .10  }, /* CTR in the config octet */
	{ .08,  .25,  .57, .09, .01  }, /* audio, KID in it, CTR of one octet */
	{ .02,  .05,  .33, .50, .10  }, /* the same for video */
	{ .002, .015, .10, .78, .103 }, /* KID of its own, CTR of one octet */
	{ .001, .01,  .30, .60, .089 }, /* CTR of two octets or more */
};
/* clang-format on */

#define ROWS (sizeof(plain) / sizeof(plain[0]))

static unsigned
row_of(const struct sf_run_header *h, bool video)
{
	if (h->ctr_octets == 0)
		return 0;
	if (h->ctr_octets > 1)
		return 4;
	if (h->kid_octets > 0)
		return 3;
	return video ? 2 : 1;
}

double
sf_run_chance(const struct sf_run_header *h, bool video)
{
	const double *row = plain[row_of(h, video)];

	return row[STEP_ONE] + row[STEP_NEAR];
}

/* One test in progress. The sums never fall below zero, so that a run that
   begins late is found as soon as one that begins at once. */
struct test {
	double llr[2][ROWS][STEPS];
	double sum[2]; /* against sframe_alone, against sframe_shared */
	double highest, level;
};

static void
begin_test(struct test *t, double level)
{
	*t = (struct test){ .level = level };
	for (unsigned row = 0; row < ROWS; row++)
		for (unsigned s = 0; s < STEPS; s++) {
			t->llr[0][row][s] =
			    log(sframe_alone[s] / plain[row][s]);
			t->llr[1][row][s] =
			    log(sframe_shared[s] / plain[row][s]);
		}
}

/* True when the test has decided that this is a run. */
static bool
count_step(struct test *t, enum step s, unsigned row)
{
	for (unsigned i = 0; i < 2; i++) {
		t->sum[i] = fmax(0, fmin(60, t->sum[i] + t->llr[i][row][s]));
		t->highest = fmax(t->highest, t->sum[i]);
	}
	return t->sum[0] >= t->level || t->sum[1] >= t->level;
}

#define PACED  3 /* steps of a run, from which its pace is known */
#define UNEVEN 4 /* times that pace are in a run whose other streams pause */

/* The pace between two records of a run, a few times over. */
static double
most_of(const struct sf_record *from, const struct sf_run_header *a,
    const struct sf_record *to, const struct sf_run_header *b)
{
	return UNEVEN * (double)(b->ctr - a->ctr) /
	       fmax(1, (double)(to->seq - from->seq));
}

/* Back from the record at: the earliest from which headers follow each other
   to it, up to three strangers in between. *pace, in which the step to the run may
   be, becomes no more than that of the run itself allows. */
static size_t
first_of_run(
    const struct sf_record *recs, size_t at, struct sf_placing p, double *pace)
{
	struct sf_run_header end, later, h;
	size_t first = at, misses = 0, n = 0;

	if (!sf_run_header(&end, &recs[at], p))
		return at;
	later = end;
	for (size_t i = at; i-- > 0 && misses <= 3;) {
		if (sf_run_passes_over(&recs[i]))
			continue;
		if (sf_run_header(&h, &recs[i], p) &&
		    sf_run_follows(&h, recs[i].last.time_ns, &later,
			recs[first].last.time_ns) &&
		    sf_run_explained(&h, &later,
			sf_run_packets(recs[i].seq, recs[i].last.time_ns,
			    recs[first].seq, recs[first].last.time_ns),
			*pace)) {
			first = i;
			later = h;
			misses = 0;
			if (++n >= PACED)
				*pace = fmin(*pace,
				    most_of(&recs[i], &h, &recs[at], &end));
		} else {
			misses++;
		}
	}
	return first;
}

/* CTR's mean step a packet, over the frames up to the record at. */
struct pace {
	double steps, packets;
};

static void
count_pace(struct pace *v, enum step s, const struct sf_run_header *a,
    uint64_t a_seq, const struct sf_run_header *b, uint64_t b_seq)
{
	if (s > STEP_NEAR)
		*v = (struct pace){ 0, 0 };
	else {
		v->steps += (double)(b->ctr - a->ctr);
		v->packets += b_seq > a_seq ? (double)(b_seq - a_seq) : 1;
	}
}

bool
sf_run_search(struct sf_run_found *found, const struct sf_record *recs,
    size_t n, struct sf_placing p, double level)
{
	struct test t;
	struct sf_run_header last = { 0 }, h;
	struct pace v = { 0, 0 };
	bool have = false, decided = false;
	size_t i, unreadable = 0;
	uint64_t last_seq = 0;
	enum step step;

	begin_test(&t, level);
	for (i = 0; i < n && !decided; i++) {
		if (sf_run_passes_over(&recs[i]))
			continue;
		if (!sf_run_header(&h, &recs[i], p)) {
			/* one such frame may be a stray; two are not */
			have = have && ++unreadable < 2;
			(void)count_step(&t, STEP_NONE, 1);
			continue;
		}
		unreadable = 0;
		step = step_between(&last, &h);
		if (have)
			count_pace(&v, step, &last, last_seq, &h, recs[i].seq);
		decided =
		    have && count_step(&t, step, row_of(&h, recs[i].video));
		last = h;
		last_seq = recs[i].seq;
		have = true;
	}
	*found = (struct sf_run_found){ 0, fmax(t.sum[0], t.sum[1]), t.highest,
		v.packets > 0 ? v.steps / v.packets : 1 };
	if (decided)
		found->start = first_of_run(recs, i - 1, p, &found->pace);
	return decided;
}
