/*
 * compare_doubt.c - is what was taken for one stream one, and both captures of
 * one call?
 *
 * Equal octets alone do not say so. Test tones and silence are encoded to the
 * same octets in every call, and under one key and one counter they are the same
 * once encrypted. So the frames between those that are equal are asked as well:
 * those that a hop alters have lengths that go with what they were. And the
 * clocks are: nobody's are as far apart as two calls are, as a rule.
 */
#include <stdlib.h>

#include "checks/compare_parts.h"

#define NEAR    ((int64_t)10 * 1000000000) /* clocks that agree */
#define FEW     20 /* of so many frames, one that is equal is few */
#define LEAST   8  /* frames that show that a stream is there at all */

/* A frame of B beside the one of A that it was taken for. */
struct twin {
	uint32_t a_id, b_id; /* streams */
	uint32_t b;          /* note, in their order */
};

struct twins {
	struct twin *of;
	size_t n;
};

static int
by_streams(const void *left, const void *right)
{
	const struct twin *x = left, *y = right;

	if (x->b_id != y->b_id)
		return x->b_id < y->b_id ? -1 : 1;
	if (x->a_id != y->a_id)
		return x->a_id < y->a_id ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

static bool
gather(struct twins *t, const struct sf_compare_work *w)
{
	*t = (struct twins){ .of = calloc(w->b->n + 1, sizeof(*t->of)) };
	if (t->of == NULL)
		return false;
	for (size_t i = 0; i < w->b->n; i++) {
		const struct sf_note *b = &w->b->notes[i];

		if (b->other != 0)
			t->of[t->n++] = (struct twin){
				w->a->notes[b->other - 1].stream, b->stream,
				(uint32_t)i
			};
	}
	qsort(t->of, t->n, sizeof(*t->of), by_streams);
	return true;
}

/* ---- two streams ----------------------------------------------------------- */

/* What speaks for two streams being one. */
struct tie {
	uint64_t frames, same, sealed; /* sealed: same, and nobody could have
	                                  said it again */
	bool named;                    /* SSRC and timestamps are the same */
	bool lengths; /* those of altered frames go with what they were */
};

static const struct sf_note *
a_of(const struct sf_compare_work *w, const struct sf_note *b)
{
	return &w->a->notes[b->other - 1];
}

/* Do lengths of altered frames go with those they were? Of some of them, from all
   over the stream. */
static bool
lengths_go(const struct sf_compare_work *w, const struct twin *of, size_t n,
    size_t altered)
{
	struct sf_fit_frames l = { .na = 0 };
	int64_t differ[SF_FIT_FRAMES];
	size_t each = altered / SF_FIT_FRAMES + 1, seen = 0;
	unsigned exactly;

	for (size_t i = 0; i < n && l.nb < SF_FIT_FRAMES; i++) {
		const struct sf_note *b = &w->b->notes[of[i].b];
		const struct sf_note *a = a_of(w, b);

		if (a->content == b->content || seen++ % each != 0)
			continue;
		differ[l.nb] = (int64_t)b->octets - (int64_t)a->octets;
		l.a[l.na++] = a;
		l.b[l.nb++] = b;
	}
	exactly = sf_fit_alike(differ, (unsigned)l.nb, 1);
	return exactly * 10 > l.nb * 6 && sf_fit_is_no_chance(&l, exactly);
}

static struct tie
tie_of(const struct sf_compare_work *w, const struct twin *of, size_t n)
{
	const struct sf_stream *a = w->a_streams[of->a_id - 1];
	const struct sf_stream *b = w->b_streams[of->b_id - 1];
	struct tie t = { .frames = n, .named = a->ssrc == b->ssrc };

	for (size_t i = 0; i < n; i++) {
		const struct sf_note *y = &w->b->notes[of[i].b];
		const struct sf_note *x = a_of(w, y);
		bool same = x->content == y->content;

		t.same += same;
		t.sealed += same && (x->hop || sf_note_protected(x));
		t.named &= x->timestamp == y->timestamp;
	}
	t.lengths = t.same < n && lengths_go(w, of, n, n - t.same);
	return t;
}

/* Frames that are equal, and few of them or in the clear, beside others that are
   not as what is altered on the way: another call of the same device. Streams of
   which no frame is equal were asked when they were found. */
static bool
is_doubtful(const struct tie *t, bool near)
{
	if (t->same == 0 || t->same == t->frames || t->named || t->lengths)
		return false;
	if (t->sealed > 0)
		return !near && t->same * FEW < t->frames;
	return !near || t->same * 2 < t->frames;
}

/* ---- the whole ------------------------------------------------------------- */

/* What speaks for one call. */
struct ties {
	unsigned streams; /* of B, that were taken for some of A */
	bool sure;        /* one of them is */
	bool altered;     /* a frame is not equal */
};

/* Is this kind of media in both, and none of it the same? */
static bool
kind_differs(const struct sf_compare_work *w, const struct twins *t,
    enum sf_kind kind)
{
	for (size_t i = 0; i < t->n; i++)
		if (w->b_streams[t->of[i].b_id - 1]->kind == kind)
			return false;
	return sf_compare_in_both(w, kind);
}

/* Clocks far apart, and nothing is equal but what is in the clear: then no kind of
   media may be of another call, and that frames were altered two streams have to
   say. */
static bool
are_two_calls(const struct sf_compare_work *w, const struct twins *t,
    const struct ties *by, bool near)
{
	if (near || by->sure || t->n == 0)
		return false;
	if (by->altered && by->streams < 2)
		return true;
	return kind_differs(w, t, SF_KIND_AUDIO) ||
	       kind_differs(w, t, SF_KIND_VIDEO);
}

static void
bar(struct sf_compare_work *w, const struct twin *of, const struct tie *t)
{
	size_t nb = w->b->model->n_streams;

	w->barred[(of->a_id - 1) * nb + of->b_id - 1] = true;
	w->out->doubted += t->same;
}

static void
doubt_each(struct sf_compare_work *w, const struct twins *t, bool near,
    struct ties *by, bool *more)
{
	for (size_t i = 0, n; i < t->n; i += n) {
		const struct twin *of = &t->of[i];
		struct tie tie;

		for (n = 1; i + n < t->n && t->of[i + n].a_id == of->a_id &&
			    t->of[i + n].b_id == of->b_id;)
			n++;
		tie = tie_of(w, of, n);
		if (w->barred != NULL && is_doubtful(&tie, near)) {
			bar(w, of, &tie);
			*more = true;
			continue;
		}
		by->streams++;
		by->sure |= tie.named || tie.sealed >= LEAST;
		by->altered |= tie.same < tie.frames;
	}
}

static bool
is_near(const struct sf_comparison *c)
{
	return c->has_offset && c->offset_ns < NEAR && -c->offset_ns < NEAR;
}

bool
sf_compare_doubt(struct sf_compare_work *w, bool *more)
{
	bool near = is_near(w->out);
	struct ties by = { 0 };
	struct twins t;

	*more = false;
	if (!gather(&t, w))
		return false;
	doubt_each(w, &t, near, &by, more);
	if (!*more && are_two_calls(w, &t, &by, near)) {
		w->apart = *more = true;
		for (size_t i = 0; i < t.n; i++) {
			const struct sf_note *b = &w->b->notes[t.of[i].b];

			w->out->doubted += a_of(w, b)->content == b->content;
		}
	}
	free(t.of);
	return true;
}
