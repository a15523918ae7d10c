#include "engine/keys/seen.h"

#include "tests/rows.h"

static void
tells_copy_from_reuse(void **state)
{
	static const struct {
		const char *what;
		uint64_t kid, ctr, content;
		uint32_t stream;
		enum sf_seen_answer answer;
		uint32_t said;
	} rows[] = {
		{ "first", 9, 7, 100, 1, SF_SEEN_NEW, 1 },
		{ "the same again", 9, 7, 100, 1, SF_SEEN_SAME, 1 },
		{ "a copy elsewhere", 9, 7, 100, 2, SF_SEEN_SAME, 1 },
		{ "other octets", 9, 7, 101, 3, SF_SEEN_DIFFERENT, 1 },
		{ "those again", 9, 7, 101, 4, SF_SEEN_SAME, 3 },
		{ "another KID", 8, 7, 101, 5, SF_SEEN_NEW, 5 },
		{ "another CTR", 9, 8, 101, 6, SF_SEEN_NEW, 6 },
		{ "largest pair", UINT64_MAX, UINT64_MAX, 1, 7, SF_SEEN_NEW,
		    7 },
		{ "a double would not tell it from this", UINT64_MAX,
		    UINT64_MAX - 1, 1, 8, SF_SEEN_NEW, 8 },
		{ "2^53", 1, (uint64_t)1 << 53, 1, 9, SF_SEEN_NEW, 9 },
		{ "2^53+1", 1, ((uint64_t)1 << 53) + 1, 2, 9, SF_SEEN_NEW, 9 },
	};
	struct sf_arena a;
	struct sf_seen s;

	(void)state;
	assert_true(sf_arena_init(&a, sf_seen_octets(1024) + 64));
	assert_true(sf_seen_init(&s, &a, 1024));
	for (size_t i = 0; i < LENGTH(rows); i++) {
		uint32_t stream = rows[i].stream;

		EXPECT(rows[i].what,
		    sf_seen_ask(
			&s, rows[i].kid, rows[i].ctr, rows[i].content, &stream),
		    rows[i].answer);
		EXPECT(rows[i].what, stream, rows[i].said);
	}
	assert_int_equal(s.forgotten, 0);
	sf_arena_wipe(&a);
}

/* Nothing that was remembered is lost while there is room. */
static void
keeps_all_it_has_room_for(void **state)
{
	struct sf_arena a;
	struct sf_seen s;
	uint32_t stream = 1;

	(void)state;
	assert_true(sf_arena_init(&a, sf_seen_octets(4096) + 64));
	assert_true(sf_seen_init(&s, &a, 4096));
	for (uint64_t ctr = 0; ctr < 3000; ctr++)
		assert_int_equal(
		    sf_seen_ask(&s, 1, ctr, ctr, &stream), SF_SEEN_NEW);
	for (uint64_t ctr = 0; ctr < 3000; ctr++)
		assert_int_equal(
		    sf_seen_ask(&s, 1, ctr, ctr, &stream), SF_SEEN_SAME);
	assert_int_equal(s.forgotten, 0);
	sf_arena_wipe(&a);
}

/* Far more pairs than slots: it goes on, and says how much it forgot. */
static void
forgets_and_says_so(void **state)
{
	struct sf_arena a;
	struct sf_seen s;
	uint32_t stream = 1;

	(void)state;
	assert_true(sf_arena_init(&a, sf_seen_octets(64) + 64));
	assert_true(sf_seen_init(&s, &a, 64));
	for (uint64_t ctr = 0; ctr < 1000; ctr++)
		assert_int_equal(
		    sf_seen_ask(&s, 1, ctr, ctr, &stream), SF_SEEN_NEW);
	assert_int_equal(s.forgotten, 1000 - 64);
	sf_arena_wipe(&a);
}

static void
arena_refuses_what_would_wrap(void **state)
{
	struct sf_arena a;

	(void)state;
	assert_true(sf_arena_init(&a, 4096));
	assert_null(sf_arena_take(&a, SIZE_MAX, 2));
	assert_null(sf_arena_take(&a, SIZE_MAX / 2, 4));
	assert_null(sf_arena_take(&a, 4097, 1));
	assert_non_null(sf_arena_take(&a, 64, 64));
	assert_null(sf_arena_take(&a, 1, 1));
	sf_arena_wipe(&a);
	sf_arena_wipe(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_copy_from_reuse),
		cmocka_unit_test(keeps_all_it_has_room_for),
		cmocka_unit_test(forgets_and_says_so),
		cmocka_unit_test(arena_refuses_what_would_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
