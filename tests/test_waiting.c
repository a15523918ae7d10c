/* Unit tests of engine/srtp/waiting.c: all that goes in comes out, in its order. */
#include "engine/model.h"
#include "engine/srtp/waiting.h"
#include "tests/rows.h"

#define ROOM 4096

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*state >> 33);
}

static bool
put(struct sf_waiting *w, uint64_t number, size_t octets, size_t comment)
{
	uint8_t text[ROOM];
	struct sf_carried was = { .records = (unsigned)number,
		.has_media = true,
		.media = { .clock = (uint32_t)number } };
	struct sf_packet pkt = { .place = { number, 0, 0 },
		.octets = sf_bytes(text, octets),
		.comment = sf_bytes(text, comment) };

	memset(text, (int)(number & 0xff), sizeof(text));
	if (number % 3 == 0) {
		pkt.carried = &was;
		pkt.media = &was.media;
	}
	return sf_waiting_put(w, &pkt);
}

static void
take(struct sf_waiting *w, uint64_t number, size_t octets)
{
	const struct sf_packet *pkt = sf_waiting_first(w);
	bool same = true;

	EXPECT("first", pkt != NULL, true);
	EXPECT("order", pkt->place.packet, number);
	EXPECT("octets", pkt->octets.n, octets);
	EXPECT("what it was", pkt->carried != NULL, number % 3 == 0);
	if (pkt->carried != NULL) {
		EXPECT("what it was", pkt->carried->records, number);
		EXPECT("what it was", pkt->media->clock, number);
	}
	for (size_t i = 0; i < pkt->octets.n; i++)
		same = same && pkt->octets.p[i] == (number & 0xff);
	for (size_t i = 0; i < pkt->comment.n; i++)
		same = same && pkt->comment.p[i] == (number & 0xff);
	EXPECT("content", same, true);
	sf_waiting_drop(w);
}

static size_t
length_of(uint64_t number)
{
	return (size_t)(number * 7919 % 700);
}

static void
keeps_order(void **state)
{
	static _Alignas(16) uint8_t room[ROOM];
	struct sf_waiting w = { .room = room, .size = ROOM };
	uint64_t x = 0x9605, in = 0, out = 0, full = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		if (next_random(&x) % 3 != 0) {
			if (put(&w, in, length_of(in), in % 5 * 9))
				in++;
			else
				full++;
		} else if (w.n > 0) {
			take(&w, out, length_of(out));
			out++;
		}
		EXPECT("count", w.n, in - out);
	}
	EXPECT("was full at times", full > 1000, true);
	for (; out < in; out++)
		take(&w, out, length_of(out));
	EXPECT("empty", sf_waiting_first(&w) == NULL, true);
}

static void
refuses_what_never_fits(void **state)
{
	static _Alignas(16) uint8_t room[ROOM];
	struct sf_waiting w = { .room = room, .size = ROOM };

	(void)state;
	EXPECT("too large", put(&w, 1, ROOM, 0), false);
	EXPECT("an empty one", put(&w, 2, 0, 0), true);
	take(&w, 2, 0);
	EXPECT("large, behind nothing", put(&w, 3, ROOM - 256, 0), true);
	EXPECT("no room beside it", put(&w, 4, 256, 0), false);
	take(&w, 3, ROOM - 256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order),
		cmocka_unit_test(refuses_what_never_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
