/* Unit tests of engine/transport/pieces.c, against a plain array of octets. */
#include "engine/transport/pieces.h"
#include "tests/rows.h"

#define SPACE 6000

struct model {
	uint8_t octets[SPACE];
	bool there[SPACE];
};

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*state >> 33);
}

/* Puts octets into both; they must tell the same of it. */
static void
put_both(struct sf_piece_pool *p, struct sf_pieces *l, struct model *m,
    size_t at, struct sf_bytes in)
{
	struct sf_put r = sf_pieces_put(p, l, at, in);
	size_t stored = 0;
	bool differs = false;

	for (size_t i = 0; i < in.n; i++) {
		if (m->there[at + i]) {
			differs |= m->octets[at + i] != in.p[i];
			continue;
		}
		m->there[at + i] = true;
		m->octets[at + i] = in.p[i];
		stored++;
	}
	EXPECT("put", r.full, false);
	EXPECT("put", r.stored, stored);
	EXPECT("put", r.differs, differs);
}

static void
copy_both(const struct sf_piece_pool *p, const struct sf_pieces *l,
    const struct model *m, size_t at)
{
	uint8_t got[SPACE];
	size_t n = sf_pieces_copy(p, l, at, got, SPACE - at), want = 0;

	while (at + want < SPACE && m->there[at + want])
		want++;
	EXPECT("copy", n, want);
	EXPECT("copy", memcmp(got, m->octets + at, n), 0);
}

static void
keeps_what_it_is_given(void **state)
{
	struct sf_arena a;
	struct sf_piece_pool pool = { 0 };
	uint64_t x = 0x9605;

	(void)state;
	assert_true(sf_arena_init(&a, 400 * SF_PIECE_COST + 4096));
	assert_true(sf_pieces_init(&pool, &a, 400));
	for (unsigned turn = 0; turn < 300; turn++) {
		struct sf_pieces l = { 0 };
		struct model m = { 0 };
		size_t dropped = 0;

		for (unsigned i = 0; i < 60; i++) {
			uint8_t octets[2500];
			size_t n =
			    1 + next_random(&x) % (turn % 3 == 0 ? 2400 : 200);
			size_t at = dropped + next_random(&x) % (SPACE - n);

			if (at + n > SPACE)
				continue;
			for (size_t j = 0; j < n; j++)
				octets[j] = (uint8_t)(at + j);
			if (next_random(&x) % 8 == 0)
				octets[n / 2] ^= 1;
			put_both(&pool, &l, &m, at, sf_bytes(octets, n));
			copy_both(&pool, &l, &m,
			    dropped + next_random(&x) % (SPACE - dropped));
			if (next_random(&x) % 20 == 0) {
				dropped += next_random(&x) % 500;
				dropped =
				    dropped < SPACE / 2 ? dropped : SPACE / 2;
				sf_pieces_drop(&pool, &l, dropped);
				memset(m.there, 0, dropped);
			}
		}
		sf_pieces_clear(&pool, &l);
		EXPECT("clear", pool.n_free, 400);
		EXPECT("clear", l.n, 0);
	}
	sf_arena_wipe(&a);
}

static void
says_when_it_is_full(void **state)
{
	static const uint8_t octets[3 * SF_PIECE_OCTETS];
	struct sf_arena a;
	struct sf_piece_pool pool = { 0 };
	struct sf_pieces l = { 0 };
	struct sf_put r;

	(void)state;
	assert_true(sf_arena_init(&a, 2 * SF_PIECE_COST + 4096));
	assert_true(sf_pieces_init(&pool, &a, 2));
	r = sf_pieces_put(&pool, &l, 7, sf_bytes(octets, sizeof(octets)));
	EXPECT("three into two", r.full, true);
	EXPECT("three into two", r.stored, 2 * SF_PIECE_OCTETS);
	EXPECT("three into two", sf_pieces_first(&pool, &l), 7);
	sf_pieces_drop(&pool, &l, 7 + SF_PIECE_OCTETS);
	EXPECT("one given back", pool.n_free, 1);
	sf_arena_wipe(&a);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(keeps_what_it_is_given),
		cmocka_unit_test(says_when_it_is_full),
	};

	return cmocka_run_group_tests_name("pieces", all, NULL, NULL);
}
