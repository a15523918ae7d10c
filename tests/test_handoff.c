/* Frames that go through the thread come out as they do without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/keys/handoff.h"

#define STREAMS 3
#define MOST    4096

/* What the sink saw: one number a frame, in order. */
struct seen {
	uint64_t content[MOST];
	uint32_t stream[MOST];
	unsigned n;
};

struct set {
	struct sf_arena arena;
	struct sf_model model;
	struct sf_classify_run run;
	struct sf_stream streams[STREAMS];
	struct sf_classifier classifiers[STREAMS];
	struct seen seen;
};

static void
see(void *ctx, const struct sf_frame_event *ev)
{
	struct seen *s = ctx;

	s->content[s->n] = ev->content;
	s->stream[s->n++] = ev->stream->id;
}

static void
set_up(struct set *s, size_t frame_octets)
{
	memset(s, 0, sizeof(*s));
	assert_true(sf_arena_init(
	    &s->arena, sf_handoff_octets(frame_octets) + sf_seen_octets(1024)));
	assert_true(sf_seen_init(&s->run.seen, &s->arena, 1024));
	s->run.model = &s->model;
	s->run.sink = see;
	s->run.sink_ctx = &s->seen;
	for (uint32_t i = 0; i < STREAMS; i++) {
		s->streams[i] = (struct sf_stream){ .id = i + 1, .ssrc = i };
		s->classifiers[i].pub = &s->streams[i];
	}
}

/* Frame k: of some stream, of a length that k tells, its octets likewise. */
static void
give(struct set *s, struct sf_handoff *h, unsigned k, uint8_t *room)
{
	struct sf_classifier *to = &s->classifiers[k % STREAMS];
	size_t n = k % 7 == 0 ? 0 : (k * 37) % 900;
	struct sf_frame f = { .seq = k,
		.packets = 1,
		.complete = n != 0,
		.octets = sf_bytes(room, n) };

	memset(room, (int)(k & 0xff), 900);
	if (h != NULL)
		sf_handoff_give(h, to, &f);
	else
		sf_classify_frame(to, &s->run, &f);
}

static void
finish(struct set *s, struct sf_handoff *h)
{
	sf_handoff_end(h);
	sf_handoff_end(h);
	for (unsigned i = 0; i < STREAMS; i++)
		sf_classify_finish(&s->classifiers[i], &s->run);
	sf_arena_wipe(&s->arena);
}

static void
compare(size_t frame_octets, unsigned frames)
{
	static struct set with, without;
	uint8_t room[900];
	struct sf_handoff *h;

	set_up(&with, frame_octets);
	set_up(&without, frame_octets);
	h = sf_handoff_start(&with.arena, frame_octets, &with.run);
	assert_non_null(h);
	for (unsigned k = 0; k < frames; k++) {
		give(&with, h, k, room);
		give(&without, NULL, k, room);
	}
	finish(&with, h);
	finish(&without, NULL);
	assert_int_equal(with.seen.n, frames);
	assert_memory_equal(&with.seen, &without.seen, sizeof(with.seen));
}

static void
test_order(void **state)
{
	(void)state;
	compare(1024, MOST);
}

/* A frame with no room in any parcel is judged in its turn all the same. */
static void
test_larger_than_a_parcel(void **state)
{
	(void)state;
	compare(64, MOST);
}

static void
test_nothing_given(void **state)
{
	(void)state;
	compare(1024, 0);
	sf_handoff_end(NULL);
}

static void
test_no_room(void **state)
{
	struct sf_arena a;
	struct sf_classify_run run = { 0 };

	(void)state;
	assert_true(sf_arena_init(&a, 4096));
	assert_null(sf_handoff_start(&a, 1024, &run));
	sf_arena_wipe(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_larger_than_a_parcel),
		cmocka_unit_test(test_nothing_given),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
