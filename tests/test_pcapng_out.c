/* Unit tests of engine/capture/pcapng_out.c, by the reader that is beside it, and
   of the headers that engine/capture/wrap.c makes. */
#include "engine/capture/capture.h"
#include "engine/capture/pcapng_out.h"
#include "engine/capture/wrap.h"
#include "tests/rows.h"

static const struct sf_capture_options plain;

/* clang-format off */
static const struct {
	const char *what;
	size_t payload, original;
	enum sf_direction direction;
	const char *comment;
	int64_t time_ns;
	bool v6;
} rows[] = {
	{ "whole",      40, 40,  SF_DIR_OUT,     "a, packet 1", 1795376504840695001, false },
	{ "cut",        40, 900, SF_DIR_IN,      "b",           1795376504840695002, false },
	{ "odd",        41, 41,  SF_DIR_UNKNOWN, NULL,          0,                   false },
	{ "empty",      0,  0,   SF_DIR_IN,      NULL,          1,                   false },
	{ "IPv6",       13, 13,  SF_DIR_OUT,     "four",        2,                   true },
	{ "IPv6, cut",  13, 99,  SF_DIR_OUT,     "fives",       3,                   true },
};
/* clang-format on */

static void
write_all(FILE *f, const uint8_t *payload)
{
	sf_pcapng_out_section(f, "test");
	sf_pcapng_out_interface(f, "first");
	sf_pcapng_out_interface(f, NULL);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		uint8_t frame[SF_WRAP_MAX + 64];
		struct sf_wrapped w = { .src = sf_wrap_near(),
			.dst = sf_wrap_far(),
			.protocol = SF_WRAP_UDP,
			.payload = sf_bytes(payload, rows[i].payload),
			.octets = rows[i].original };
		struct sf_pcapng_out_packet p = { .interface = i % 2,
			.time_ns = rows[i].time_ns,
			.direction = rows[i].direction,
			.comment = rows[i].comment };
		size_t n;

		if (rows[i].v6)
			w.src.family = w.dst.family = 6;
		n = sf_wrap(frame, &w);
		memcpy(frame + n, payload, rows[i].payload);
		p.octets = sf_bytes(frame, n + rows[i].payload);
		p.original = n + rows[i].original;
		sf_pcapng_out_packet(f, &p);
	}
}

static void
is_read_as_written(void **state)
{
	uint8_t payload[64], file[4096];
	FILE *f = tmpfile();
	struct sf_capture *c;
	struct sf_packet pkt;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(0x80 + i);
	assert_non_null(f);
	write_all(f, payload);
	rewind(f);
	n = fread(file, 1, sizeof(file), f);
	assert_int_equal(fclose(f), 0);
	assert_true(n < sizeof(file));
	assert_int_equal(
	    sf_capture_open_memory(&c, sf_bytes(file, n), 0, &plain),
	    SF_CAPTURE_OK);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *w = rows[i].what;
		size_t head = rows[i].v6 ? SF_WRAP_MAX : SF_WRAP_UDP4;

		EXPECT(w, sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		EXPECT(w, pkt.place.time_ns, rows[i].time_ns);
		EXPECT(w, pkt.direction, rows[i].direction);
		EXPECT(w, pkt.link_type, 1);
		EXPECT(w, pkt.octets.n, head + rows[i].payload);
		EXPECT(w, pkt.wire_octets, head + rows[i].original);
		EXPECT(w, pkt.octets.p[head - 8], 2000 >> 8);
		EXPECT(w, pkt.octets.p[head - 4], (rows[i].original + 8) >> 8);
		EXPECT(w, memcmp(pkt.octets.p + head, payload, rows[i].payload),
		    0);
	}
	assert_int_equal(sf_capture_next(c, &pkt), SF_CAPTURE_END);
	sf_capture_close(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
