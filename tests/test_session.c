/* Unit tests of engine/session/session.c, session_keys.c and replay.c. */
#include "engine/session/replay.h"
#include "engine/session/session.h"
#include "parsers/sframe/header.h"
#include "tests/rows.h"

#include <stdlib.h>

static const struct sf_crypto *const crypto = &sf_crypto_ossl;

#define BASE(c) sf_bytes(c c c c, 16)
#define ROOM    256

struct two {
	struct sf_session *a, *b; /* sender, receiver */
	uint8_t ct[ROOM], pt[ROOM];
	size_t n;
	struct sf_session_opened o;
};

static struct sf_bytes
none(void)
{
	return sf_bytes(NULL, 0);
}

static void
begin(struct two *t, uint16_t suite, uint32_t window)
{
	t->a = sf_session_new(crypto, sf_suite_by_id(suite), 0);
	t->b = sf_session_new(crypto, sf_suite_by_id(suite), window);
	assert_non_null(t->a);
	assert_non_null(t->b);
}

static void
end(struct two *t)
{
	sf_session_free(t->a);
	sf_session_free(t->b);
}

static enum sf_said
seal(struct two *t, uint64_t kid)
{
	return sf_session_seal(
	    t->a, kid, sf_bytes("m", 1), sf_bytes("hello", 5), t->ct, &t->n);
}

static enum sf_said
open(struct two *t)
{
	return sf_session_open(
	    t->b, sf_bytes("m", 1), sf_bytes(t->ct, t->n), t->pt, &t->o);
}

static void
seals_and_opens(void **state)
{
	(void)state;
	for (uint16_t suite = 1; suite <= SF_SUITES; suite++) {
		struct two t;

		begin(&t, suite, 64);
		assert_int_equal(
		    sf_session_key(t.a, SF_USE_SEND, UINT64_MAX, BASE("abcd")),
		    SF_SAID_OK);
		assert_int_equal(sf_session_key(t.b, SF_USE_RECEIVE, UINT64_MAX,
				     BASE("abcd")),
		    SF_SAID_OK);
		for (unsigned i = 0; i < 300; i++) {
			assert_int_equal(seal(&t, UINT64_MAX), SF_SAID_OK);
			assert_int_equal(open(&t), SF_SAID_OK);
			assert_int_equal(t.o.ctr, i);
			assert_true(t.o.kid == UINT64_MAX);
			assert_int_equal(t.o.n, 5);
			assert_memory_equal(t.pt, "hello", 5);
			assert_int_equal(open(&t), SF_SAID_REPLAY);
		}
		end(&t);
	}
}

static void
keeps_directions_apart(void **state)
{
	struct two t;

	(void)state;
	begin(&t, 4, 0);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_RECEIVE, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(seal(&t, 7), SF_SAID_USAGE);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("efgh")), SF_SAID_USAGE);
	assert_int_equal(seal(&t, 8), SF_SAID_KID);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 8, none()), SF_SAID_PARAM);
	end(&t);
}

/* Not by setting it, not by taking the key away, not at its end. */
static void
uses_no_counter_twice(void **state)
{
	struct two t;

	(void)state;
	begin(&t, 5, 0);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(
	    sf_session_key(t.b, SF_USE_RECEIVE, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(seal(&t, 7), SF_SAID_OK);
	assert_int_equal(sf_session_counter(t.a, 7, 0), SF_SAID_EXHAUSTED);
	assert_int_equal(sf_session_remove(t.a, 7), SF_SAID_OK);
	assert_int_equal(sf_session_remove(t.a, 7), SF_SAID_KID);
	assert_int_equal(seal(&t, 7), SF_SAID_KID);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(seal(&t, 7), SF_SAID_OK);
	assert_int_equal(open(&t), SF_SAID_OK);
	assert_int_equal(t.o.ctr, 1);
	assert_int_equal(sf_session_counter(t.a, 7, UINT64_MAX), SF_SAID_OK);
	assert_int_equal(seal(&t, 7), SF_SAID_OK);
	assert_int_equal(open(&t), SF_SAID_OK);
	assert_true(t.o.ctr == UINT64_MAX);
	assert_int_equal(seal(&t, 7), SF_SAID_EXHAUSTED);
	assert_int_equal(seal(&t, 7), SF_SAID_EXHAUSTED);
	end(&t);
}

static uint64_t
next_ctr(struct sf_session *s, uint64_t kid)
{
	uint8_t ct[ROOM];
	struct sf_sframe_header h;
	struct sf_diag d;
	size_t n;

	assert_int_equal(
	    sf_session_seal(s, kid, none(), none(), ct, &n), SF_SAID_OK);
	assert_int_equal(
	    sf_sframe_header_parse(&h, sf_bytes(ct, n), &d), SF_OK);
	return h.ctr;
}

/* A KID that has one key, then another, then the first again. */
static void
goes_on_behind_another_key(void **state)
{
	static const char *const bases[] = { "abcdabcdabcdabcd",
		"efghefghefghefgh", "ijklijklijklijkl" };
	struct two t;

	(void)state;
	begin(&t, 4, 0);
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(sf_session_key(t.a, SF_USE_SEND, 7,
				     sf_bytes(bases[i % 3], 16)),
		    SF_SAID_OK);
		assert_int_equal(next_ctr(t.a, 7), i / 3);
		assert_int_equal(sf_session_remove(t.a, 7), SF_SAID_OK);
	}
	end(&t);
}

/* The same generation once more, behind a step: with bits of a step its key
   has the KID that it had, and without them every step has that one. */
static void
a_ratchet_that_comes_again_goes_on(void **state)
{
	static const unsigned bits[] = { 0, 1, 4 };
	uint64_t kid, ctr[3][2] = { { 0 } };

	(void)state;
	for (size_t i = 0; i < LENGTH(bits); i++) {
		struct two t;

		begin(&t, 4, 0);
		for (unsigned round = 0; round < 3; round++) {
			assert_int_equal(sf_session_chain(t.a, SF_USE_SEND,
					     bits[i], 0, BASE("abcd"), &kid),
			    SF_SAID_OK);
			ctr[round][0] = next_ctr(t.a, kid);
			assert_int_equal(
			    sf_session_step(t.a, &kid), SF_SAID_OK);
			ctr[round][1] = next_ctr(t.a, kid);
			EXPECT("the key", ctr[round][0], round);
			EXPECT("the step", ctr[round][1], round);
		}
		end(&t);
	}
}

/* As many steps as it likes, when it seals nothing under them. */
static void
steps_cost_nothing(void **state)
{
	struct two t;
	uint64_t kid;

	(void)state;
	begin(&t, 4, 0);
	assert_int_equal(
	    sf_session_chain(t.a, SF_USE_SEND, 4, 0, BASE("abcd"), &kid),
	    SF_SAID_OK);
	for (unsigned i = 0; i <= SF_SESSION_COUNTERS; i++)
		assert_int_equal(sf_session_step(t.a, &kid), SF_SAID_OK);
	assert_int_equal(next_ctr(t.a, kid), 0);
	end(&t);
}

static void
leaves_nothing_of_a_forgery(void **state)
{
	static const uint8_t zeroes[ROOM];
	struct two t;

	(void)state;
	for (uint16_t suite = 1; suite <= SF_SUITES; suite++) {
		begin(&t, suite, 64);
		(void)sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd"));
		(void)sf_session_key(t.b, SF_USE_RECEIVE, 7, BASE("abcd"));
		assert_int_equal(seal(&t, 7), SF_SAID_OK);
		t.ct[t.n - 1] ^= 1;
		memset(t.pt, 0, sizeof(t.pt));
		assert_int_equal(open(&t), SF_SAID_AUTH);
		assert_memory_equal(t.pt, zeroes, 5);
		t.ct[t.n - 1] ^= 1;
		assert_int_equal(open(&t), SF_SAID_OK);
		for (t.n = 0; t.n < 1u + sf_suite_by_id(suite)->tag_octets;
		     t.n++)
			assert_true(open(&t) == SF_SAID_SHORT ||
				    open(&t) == SF_SAID_HEADER);
		end(&t);
	}
}

static void
takes_many_keys_and_a_limit(void **state)
{
	struct two t;

	(void)state;
	begin(&t, 4, 0);
	for (uint64_t kid = 0; kid < SF_SESSION_KEYS; kid++)
		assert_int_equal(sf_session_key(t.b, SF_USE_RECEIVE, kid << 20,
				     BASE("abcd")),
		    SF_SAID_OK);
	assert_int_equal(sf_session_key(t.b, SF_USE_RECEIVE, 1, BASE("abcd")),
	    SF_SAID_LIMIT);
	for (uint64_t kid = 0; kid < SF_SESSION_KEYS; kid += 2)
		assert_int_equal(sf_session_remove(t.b, kid << 20), SF_SAID_OK);
	(void)sf_session_key(t.a, SF_USE_SEND, 3 << 20, BASE("abcd"));
	assert_int_equal(seal(&t, 3 << 20), SF_SAID_OK);
	assert_int_equal(open(&t), SF_SAID_OK);
	(void)sf_session_key(t.a, SF_USE_SEND, 2 << 20, BASE("abcd"));
	assert_int_equal(seal(&t, 2 << 20), SF_SAID_OK);
	assert_int_equal(open(&t), SF_SAID_KID);
	end(&t);
}

/* Twice around a step field of two bits, and over a gap. */
static void
follows_ratchets(void **state)
{
	struct two t;
	uint64_t kid, other;

	(void)state;
	begin(&t, 1, 0);
	assert_int_equal(
	    sf_session_chain(t.a, SF_USE_SEND, 2, 5, BASE("abcd"), &kid),
	    SF_SAID_OK);
	assert_int_equal(kid, 20);
	assert_int_equal(
	    sf_session_chain(t.b, SF_USE_RECEIVE, 2, 5, BASE("abcd"), &other),
	    SF_SAID_OK);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(seal(&t, kid), SF_SAID_OK);
		if (i % 3 != 1)
			assert_int_equal(open(&t), SF_SAID_OK);
		assert_int_equal(sf_session_step(t.a, &kid), SF_SAID_OK);
		assert_int_equal(kid, 20 + (i + 1) % 4);
	}
	assert_int_equal(seal(&t, kid), SF_SAID_OK);
	t.ct[t.n - 1] ^= 1;
	assert_int_equal(open(&t), SF_SAID_AUTH);
	t.ct[t.n - 1] ^= 1;
	assert_int_equal(open(&t), SF_SAID_OK);
	assert_int_equal(
	    sf_session_chain(t.b, SF_USE_RECEIVE, 64, 0, BASE("abcd"), &other),
	    SF_SAID_PARAM);
	assert_int_equal(
	    sf_session_chain(t.b, SF_USE_RECEIVE, 60, 16, BASE("abcd"), &other),
	    SF_SAID_PARAM);
	end(&t);
}

static void
replaces_epochs(void **state)
{
	struct two t;
	uint8_t old[ROOM];
	size_t n = 0;

	(void)state;
	begin(&t, 5, 0);
	for (uint64_t epoch = 2; epoch <= 18; epoch += 16) {
		struct sf_bytes base = epoch == 2 ? BASE("abcd") : BASE("efgh");

		assert_int_equal(
		    sf_session_epoch(t.a, epoch, base, 4, 6), SF_SAID_OK);
		assert_int_equal(
		    sf_session_epoch(t.b, epoch, base, 4, 6), SF_SAID_OK);
		for (unsigned i = 0; i < 2; i++) {
			assert_int_equal(sf_session_seal_mls(t.a, epoch, 3, 1,
					     sf_bytes("m", 1),
					     sf_bytes("hello", 5), t.ct, &t.n),
			    SF_SAID_OK);
			assert_int_equal(open(&t), SF_SAID_OK);
			assert_int_equal(t.o.kid, (1 << 10) + (3 << 4) + 2);
			assert_int_equal(t.o.ctr, i);
		}
		if (epoch == 2) {
			memcpy(old, t.ct, t.n);
			n = t.n;
		}
	}
	memcpy(t.ct, old, n);
	t.n = n;
	assert_int_equal(open(&t), SF_SAID_AUTH);
	assert_int_equal(
	    sf_session_seal_mls(t.a, 2, 3, 1, none(), none(), t.ct, &t.n),
	    SF_SAID_KID);
	assert_int_equal(
	    sf_session_seal_mls(t.a, 18, 64, 1, none(), none(), t.ct, &t.n),
	    SF_SAID_PARAM);
	assert_int_equal(sf_session_epoch_remove(t.b, 2), SF_SAID_KID);
	assert_int_equal(sf_session_epoch_remove(t.b, 18), SF_SAID_OK);
	assert_int_equal(open(&t), SF_SAID_KID);
	assert_int_equal(
	    sf_session_epoch(t.b, 1, BASE("abcd"), 40, 40), SF_SAID_PARAM);
	end(&t);
}

/* A slow window that is plainly right. */
static void
windows_agree_with_a_list(void **state)
{
	static const uint32_t widths[] = { 1, 2, 63, 64, 65, 1000, 1024 };
	uint64_t random = 9605;

	(void)state;
	for (size_t w = 0; w < LENGTH(widths); w++) {
		struct sf_replay r = { .width = widths[w] };
		uint64_t seen[4000], top = 0;
		size_t n = 0;

		for (unsigned i = 0; i < 4000; i++) {
			uint64_t ctr, fresh = 1;

			random = random * 6364136223846793005U + 1442695041U;
			ctr = top + (random >> 40) % (i % 97 == 0 ? 5000 : 40);
			ctr = ctr > 30 ? ctr - 30 : ctr;
			for (size_t k = 0; k < n; k++)
				fresh = fresh && seen[k] != ctr;
			if (n > 0 && ctr <= top && top - ctr >= widths[w])
				fresh = 0;
			EXPECT("window", sf_replay_fresh(&r, ctr), fresh);
			if (!fresh)
				continue;
			sf_replay_seen(&r, ctr);
			seen[n++] = ctr;
			top = ctr > top ? ctr : top;
		}
	}
}

static void
windows_reach_the_end(void **state)
{
	struct sf_replay r = { .width = 64 };

	(void)state;
	sf_replay_seen(&r, UINT64_MAX);
	assert_false(sf_replay_fresh(&r, UINT64_MAX));
	assert_true(sf_replay_fresh(&r, UINT64_MAX - 63));
	assert_false(sf_replay_fresh(&r, UINT64_MAX - 64));
	assert_false(sf_replay_fresh(&r, 0));
}

/* ---- what outlives a process --------------------------------------------- */

/* A session of suite 4 that loaded a state, with the key given again. */
static struct sf_session *
resume(const uint8_t *state, size_t n, uint64_t kid, struct sf_bytes base)
{
	struct sf_session *s = sf_session_new(crypto, sf_suite_by_id(4), 0);

	assert_non_null(s);
	assert_int_equal(sf_session_load(s, sf_bytes(state, n)), SF_SAID_OK);
	assert_int_equal(sf_session_key(s, SF_USE_SEND, kid, base), SF_SAID_OK);
	return s;
}

static void
saved_counters_are_not_used_again(void **state)
{
	struct two t;
	uint8_t *saved;
	size_t n;
	struct sf_session *s;

	(void)state;
	begin(&t, 4, 0);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(next_ctr(t.a, 7), i);
	saved = sf_session_save(t.a, &n);
	assert_non_null(saved);
	assert_int_equal(sf_session_saved_suite(sf_bytes(saved, n)), 4);
	/* up to what was saved it goes on, and not one more */
	assert_int_equal(
	    sf_session_counter(t.a, 7, 5 + SF_SESSION_RESERVE - 1), SF_SAID_OK);
	assert_int_equal(next_ctr(t.a, 7), 5 + SF_SESSION_RESERVE - 1);
	assert_int_equal(sf_session_seal(t.a, 7, none(), none(), t.ct, &t.n),
	    SF_SAID_EXHAUSTED);
	s = resume(saved, n, 7, BASE("abcd"));
	assert_int_equal(next_ctr(s, 7), 5 + SF_SESSION_RESERVE);
	sf_session_free(s);
	s = resume(saved, n, 7, BASE("abce")); /* another key: from 0 */
	assert_int_equal(next_ctr(s, 7), 0);
	assert_int_equal(sf_session_load(s, sf_bytes(saved, n)), SF_SAID_USAGE);
	sf_session_free(s);
	free(saved);
	end(&t);
}

/* A key whose counter was saved and that is not there when the next state is
   saved: also behind that, and behind another key of its KID. */
static void
saved_counters_are_kept_without_their_key(void **state)
{
	struct two t;
	uint8_t *first, *second;
	size_t n, n_second;
	struct sf_session *s;

	(void)state;
	begin(&t, 4, 0);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(next_ctr(t.a, 7), 0);
	first = sf_session_save(t.a, &n);
	assert_non_null(first);
	s = resume(first, n, 7, BASE("efgh"));
	assert_int_equal(next_ctr(s, 7), 0);
	assert_int_equal(sf_session_remove(s, 7), SF_SAID_OK);
	assert_int_equal(
	    sf_session_key(s, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(next_ctr(s, 7), 1 + SF_SESSION_RESERVE);
	sf_session_free(s);
	s = resume(first, n, 7, BASE("efgh"));
	second = sf_session_save(s, &n_second);
	assert_non_null(second);
	sf_session_free(s);
	s = resume(second, n_second, 7, BASE("abcd"));
	assert_true(next_ctr(s, 7) > SF_SESSION_RESERVE);
	sf_session_free(s);
	free(first);
	free(second);
	end(&t);
}

/* A key that went between a save and its first counter stops where the state
   says, as if it had stayed. */
static void
what_was_saved_stops_a_key_that_comes_again(void **state)
{
	struct two t;
	uint8_t *saved;
	size_t n;

	(void)state;
	begin(&t, 4, 0);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	saved = sf_session_save(t.a, &n);
	assert_non_null(saved);
	free(saved);
	assert_int_equal(sf_session_remove(t.a, 7), SF_SAID_OK);
	assert_int_equal(
	    sf_session_key(t.a, SF_USE_SEND, 7, BASE("abcd")), SF_SAID_OK);
	assert_int_equal(
	    sf_session_counter(t.a, 7, SF_SESSION_RESERVE), SF_SAID_OK);
	assert_int_equal(seal(&t, 7), SF_SAID_EXHAUSTED);
	end(&t);
}

static void
states_that_are_none_are_refused(void **state)
{
	static const uint8_t octets[27] = { 0, 4 };
	struct sf_session *s = sf_session_new(crypto, sf_suite_by_id(4), 0);

	(void)state;
	for (size_t n = 0; n < sizeof(octets); n++)
		if (n != 2)
			assert_int_equal(
			    sf_session_load(s, sf_bytes(octets, n)),
			    SF_SAID_PARAM);
	assert_int_equal(
	    sf_session_load(s, sf_bytes("\0\5", 2)), SF_SAID_PARAM);
	assert_int_equal(sf_session_load(s, sf_bytes(octets, 27)), SF_SAID_OK);
	sf_session_free(s);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(seals_and_opens),
		cmocka_unit_test(keeps_directions_apart),
		cmocka_unit_test(uses_no_counter_twice),
		cmocka_unit_test(goes_on_behind_another_key),
		cmocka_unit_test(a_ratchet_that_comes_again_goes_on),
		cmocka_unit_test(steps_cost_nothing),
		cmocka_unit_test(leaves_nothing_of_a_forgery),
		cmocka_unit_test(takes_many_keys_and_a_limit),
		cmocka_unit_test(follows_ratchets),
		cmocka_unit_test(replaces_epochs),
		cmocka_unit_test(windows_agree_with_a_list),
		cmocka_unit_test(windows_reach_the_end),
		cmocka_unit_test(saved_counters_are_not_used_again),
		cmocka_unit_test(saved_counters_are_kept_without_their_key),
		cmocka_unit_test(what_was_saved_stops_a_key_that_comes_again),
		cmocka_unit_test(states_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
