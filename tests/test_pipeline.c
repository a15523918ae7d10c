/*
 * test_pipeline.c - packets in, streams and frames out: order, loss, moves,
 * legs, accounting. Packets are made here octet by octet.
 */
#include "engine/pipeline.h"

#include "parsers/sframe/header.h"
#include "tests/noise.h"
#include "tests/rows.h"

struct heard {
	uint64_t frames, incomplete;
	uint64_t last_number, last_seq;
	bool out_of_order;
	uint64_t by_state[SF_STATES];
};

static void
hear(void *ctx, const struct sf_frame_event *ev)
{
	struct heard *h = ctx;

	h->out_of_order |= ev->stream->id == 1 && h->frames > 0 &&
	    ev->seq <= h->last_seq;
	h->frames += ev->complete;
	h->incomplete += !ev->complete;
	h->last_seq = ev->seq;
	h->by_state[ev->state] += ev->complete;
}

struct bench {
	struct sf_pipeline *p;
	struct heard heard;
	uint64_t packets, seed;
};

static struct sf_pipeline *
open_pipeline(struct heard *h)
{
	struct sf_pipeline_options o = { .limits = sf_limits_for(8 << 20),
		.sink = hear,
		.sink_ctx = h };

	return sf_pipeline_new(&o);
}

static uint8_t *
put(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

/* An IPv4 and UDP packet, raw link type, from host `from`. */
static void
send_payload(
    struct bench *b, uint8_t from, int64_t ms, const uint8_t *data, size_t n)
{
	uint8_t octets[1500], *p = octets;
	struct sf_packet pkt = { .link_type = 101 };

	p = put(p, 0x4500, 2);
	p = put(p, 28 + n, 2);
	p = put(p, 0x0000400040110000ULL, 8);
	p = put(p, 0x0a000000u | from, 4);
	p = put(p, 0x0a0000fe, 4);
	p = put(p, 5000, 2);
	p = put(p, 6000, 2);
	p = put(p, 8 + n, 2);
	p = put(p, 0, 2);
	memcpy(p, data, n);
	pkt.place = (struct sf_place){ ++b->packets, ms * 1000000, 0 };
	pkt.octets = sf_bytes(octets, 28 + n);
	pkt.wire_octets = 28 + n;
	sf_pipeline_packet(b->p, &pkt);
}

/* An audio packet with frame number i of an SFrame stream. */
static void
send_frame(struct bench *b, uint8_t from, uint32_t ssrc, unsigned i)
{
	uint8_t data[128], *p = data;
	uint64_t seed = ((uint64_t)ssrc << 32) + i;

	p = put(p, 0x806f, 2);
	p = put(p, (65000 + i) & 0xffff, 2);
	p = put(p, i * 960, 4);
	p = put(p, ssrc, 4);
	p += sf_sframe_header_write(p, 300, i);
	noise_fill(p, 60, &seed);
	send_payload(b, from, i * 20, data, (size_t)(p - data) + 60);
}

static void
begin(struct bench *b)
{
	*b = (struct bench){ 0 };
	b->p = open_pipeline(&b->heard);
	assert_non_null(b->p);
}

static const struct sf_model *
finish(struct bench *b)
{
	sf_pipeline_finish(b->p);
	return sf_pipeline_model(b->p);
}

static void
expect_stream(const struct sf_model *m, uint64_t frames, uint64_t lost,
    enum sf_protection protection)
{
	const struct sf_accounting *a = &m->accounting;

	assert_int_equal(m->n_streams, 1);
	assert_int_equal(m->streams->frames, frames);
	assert_int_equal(m->streams->lost, lost);
	assert_int_equal(m->streams->protection, protection);
	assert_int_equal(a->packets,
	    a->rtp + a->srtp + a->rtcp + a->stun + a->turn + a->dtls +
	        a->other + a->cut + a->malformed);
}

static void
plain_order(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 1000; i++)
		send_frame(&b, 1, 7, i); /* the sequence number wraps */
	expect_stream(finish(&b), 1000, 0, SF_PROT_CONSISTENT);
	assert_int_equal(b.heard.by_state[SF_STATE_ENCRYPTED], 1000);
	assert_false(b.heard.out_of_order);
	sf_pipeline_free(b.p);
}

/* Blocks of 12 shuffled, one in 50 lost, one in 20 sent twice. */
static void
disorder(void **state)
{
	struct bench b;
	uint64_t seed = 4;
	unsigned lost = 0;

	(void)state;
	begin(&b);
	for (unsigned base = 0; base < 1200; base += 12) {
		unsigned order[12];

		for (unsigned i = 0; i < 12; i++)
			order[i] = base + i;
		for (unsigned i = 11; base > 0 && i > 0; i--) {
			unsigned k = (unsigned)(noise_next(&seed) % (i + 1));
			unsigned swap = order[i];

			order[i] = order[k];
			order[k] = swap;
		}
		for (unsigned i = 0; i < 12; i++) {
			if (order[i] % 50 == 31) {
				lost++;
				continue;
			}
			send_frame(&b, 1, 7, order[i]);
			if (order[i] % 20 == 3)
				send_frame(&b, 1, 7, order[i]);
		}
	}
	expect_stream(finish(&b), 1200 - lost, lost, SF_PROT_CONSISTENT);
	assert_int_equal(sf_pipeline_model(b.p)->streams->duplicates, 60);
	assert_false(b.heard.out_of_order);
	sf_pipeline_free(b.p);
}

static void
moves_are_one_stream(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 300; i++)
		send_frame(&b, i < 150 ? 1 : 2, 7, i);
	expect_stream(finish(&b), 300, 0, SF_PROT_CONSISTENT);
	assert_int_equal(sf_pipeline_model(b.p)->streams->moves, 1);
	sf_pipeline_free(b.p);
}

/* The same packets seen again from another address: a second leg. */
static void
legs_are_two_streams(void **state)
{
	const struct sf_model *m;
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 300; i++) {
		send_frame(&b, 1, 7, i);
		if (i > 0)
			send_frame(&b, 2, 7, i - 1);
	}
	m = finish(&b);
	assert_int_equal(m->n_streams, 2);
	assert_int_equal(m->streams->next->forwards, 1);
	assert_int_equal(m->streams->next->frames, 299);
	sf_pipeline_free(b.p);
}

static void
few_packets_are_no_stream(void **state)
{
	const struct sf_model *m;
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 4; i++)
		send_frame(&b, 1, 7, i);
	m = finish(&b);
	assert_int_equal(m->n_streams, 0);
	assert_int_equal(m->possible, 1);
	assert_int_equal(m->accounting.other, 4);
	sf_pipeline_free(b.p);
}

/* More SSRCs than there is room for: each is counted, none crowds out a
   stream that is under way. */
static void
floods_do_not_drown(void **state)
{
	const struct sf_model *m;
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 100000; i++) {
		send_frame(&b, 3, 1000 + i, 0);
		if (i % 100 == 0)
			send_frame(&b, 1, 7, i / 100);
	}
	m = finish(&b);
	assert_int_equal(m->n_streams, 1);
	assert_int_equal(m->streams->frames, 1000);
	assert_int_equal(m->accounting.packets, 101000);
	assert_int_equal(m->accounting.other, 100000);
	sf_pipeline_free(b.p);
}

/* A new start of the sequence numbers is a new run, not a million lost. */
static void
restarts_are_no_loss(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 100; i++)
		send_frame(&b, 1, 7, i);
	for (unsigned i = 20000; i < 20100; i++)
		send_frame(&b, 1, 7, i);
	/* the first waits until the second makes sure, and is not lost */
	expect_stream(finish(&b), 200, 0, SF_PROT_CONSISTENT);
	assert_int_equal(sf_pipeline_model(b.p)->streams->late, 0);
	assert_false(b.heard.out_of_order);
	sf_pipeline_free(b.p);
}

/* Numbers far off that nothing follows are no start, however many there are. */
static void
strays_are_left_out(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 20000; i++) {
		send_frame(&b, 1, 7, i);
		if (i > 100 && i % 2 == 0)
			send_frame(&b, 1, 7, i + 20000);
	}
	expect_stream(finish(&b), 20000, 0, SF_PROT_CONSISTENT);
	assert_int_equal(sf_pipeline_model(b.p)->streams->late, 9949);
	assert_int_equal(sf_pipeline_model(b.p)->limits[SF_LIMIT_HELD], 0);
	sf_pipeline_free(b.p);
}

/* A burst of loss is loss, and not a new start. */
static void
bursts_are_loss(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 100; i++)
		send_frame(&b, 1, 7, i);
	for (unsigned i = 400; i < 500; i++)
		send_frame(&b, 1, 7, i);
	expect_stream(finish(&b), 200, 300, SF_PROT_CONSISTENT);
	assert_int_equal(sf_pipeline_model(b.p)->streams->late, 0);
	sf_pipeline_free(b.p);
}

/* Octets without sense are counted, whatever they are. */
static void
noise_is_accounted_for(void **state)
{
	const struct sf_accounting *a;
	uint64_t seed = 8;
	struct bench b;

	(void)state;
	begin(&b);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t octets[64];

		noise_fill(octets, sizeof(octets), &seed);
		send_payload(&b, octets[0], i, octets, octets[1] % 64);
	}
	a = &finish(&b)->accounting;
	assert_int_equal(a->packets, 20000);
	assert_int_equal(sf_pipeline_model(b.p)->n_streams, 0);
	assert_int_equal(a->packets,
	    a->rtp + a->srtp + a->rtcp + a->stun + a->turn + a->dtls +
	        a->other + a->cut + a->malformed);
	sf_pipeline_free(b.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_order),
		cmocka_unit_test(disorder),
		cmocka_unit_test(moves_are_one_stream),
		cmocka_unit_test(legs_are_two_streams),
		cmocka_unit_test(few_packets_are_no_stream),
		cmocka_unit_test(floods_do_not_drown),
		cmocka_unit_test(restarts_are_no_loss),
		cmocka_unit_test(strays_are_left_out),
		cmocka_unit_test(bursts_are_loss),
		cmocka_unit_test(noise_is_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
