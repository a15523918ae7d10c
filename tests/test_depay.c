#include "engine/depay/depay.h"

#include <stdio.h>

#include "tests/noise.h"
#include "tests/rows.h"

/*
 * A scenario is a text: one packet a line, "seq ts marker hex". What comes out
 * is written down the same way: "n:hex" for a complete frame of n packets,
 * "?" for an incomplete one.
 */
struct writer {
	char text[512];
	size_t n;
};

static void
write_frame(void *ctx, const struct sf_frame *f)
{
	struct writer *w = ctx;
	size_t room = sizeof(w->text) - w->n;

	if (!f->complete) {
		w->n += (size_t)snprintf(w->text + w->n, room, "?%s ",
		    f->cut ? "cut" : "");
		return;
	}
	w->n += (size_t)snprintf(w->text + w->n, room, "%u:", f->packets);
	for (size_t i = 0; i < f->octets.n; i++)
		w->n += (size_t)snprintf(w->text + w->n,
		    sizeof(w->text) - w->n, "%02x", f->octets.p[i]);
	w->n += (size_t)snprintf(
	    w->text + w->n, sizeof(w->text) - w->n, " ");
}

struct packet {
	uint64_t seq;
	uint32_t ts;
	bool marker;
	const char *hex;
};

static const struct {
	const char *what;
	enum sf_codec codec;
	bool descriptor;
	struct packet packets[6];
	const char *frames;
} rows[] = {
	{ "audio: one packet, one frame", SF_CODEC_OPUS, false,
	  { { 1, 960, true, "78aa" }, { 2, 1920, false, "78bb" } },
	  "1:78aa 1:78bb " },
	{ "VP8 in one packet, long picture id", SF_CODEC_VP8, false,
	  { { 1, 1, true, "9080812301" } }, "1:01 " },
	{ "VP8 in three", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 2, 1, false, "0002" },
	    { 3, 1, true, "0003" } }, "3:010203 " },
	{ "VP8, second partition begins a packet", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 2, 1, true, "1102" } }, "2:0102 " },
	{ "VP8, the middle lost", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 3, 1, true, "0003" },
	    { 4, 2, true, "1004" } }, "? 1:04 " },
	{ "VP8, the start lost", SF_CODEC_VP8, false,
	  { { 2, 1, false, "0002" }, { 3, 1, true, "0003" },
	    { 4, 2, true, "1004" } }, "? 1:04 " },
	{ "VP8, the end lost", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 3, 2, true, "1004" } }, "? 1:04 " },
	{ "VP8, no marker but the next frame follows", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 2, 2, true, "1002" } }, "1:01 1:02 " },
	{ "VP8, the end never sent", SF_CODEC_VP8, false,
	  { { 1, 1, true, "1001" }, { 2, 2, false, "1002" },
	    { 3, 3, true, "1003" } }, "1:01 ? 1:03 " },
	{ "VP8, markers now and then", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 2, 2, true, "1002" },
	    { 3, 3, false, "1003" }, { 4, 4, true, "1004" } },
	  "1:01 1:02 1:03 1:04 " },
	{ "VP8, padding between the parts", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" }, { 2, 1, false, "" },
	    { 3, 1, true, "0003" } }, "2:0103 " },
	{ "VP8, a packet that is no VP8", SF_CODEC_VP8, false,
	  { { 1, 1, true, "80" }, { 2, 2, true, "1002" } }, "? 1:02 " },
	{ "VP8, the capture ends in a frame", SF_CODEC_VP8, false,
	  { { 1, 1, false, "1001" } }, "? " },
	{ "VP9 by its own bits, marker or not", SF_CODEC_VP9, false,
	  { { 1, 1, false, "0801" }, { 2, 1, false, "0402" },
	    { 3, 1, true, "0c03" } }, "2:0102 1:03 " },
	{ "SFrame descriptors: S to E", SF_CODEC_UNKNOWN, true,
	  { { 1, 1, false, "8001" }, { 2, 1, false, "0002" },
	    { 3, 1, true, "4003" }, { 4, 2, true, "c004" } },
	  "3:010203 1:04 " },
	{ "SFrame descriptors: E lost", SF_CODEC_UNKNOWN, true,
	  { { 1, 1, false, "8001" }, { 3, 2, true, "c004" } }, "? 1:04 " },
	{ "other video: by timestamp and marker", SF_CODEC_UNKNOWN, false,
	  { { 1, 1, false, "01" }, { 2, 1, false, "02" },
	    { 3, 2, false, "03" }, { 4, 3, true, "04" } },
	  "2:0102 1:03 1:04 " },
	{ "other video: the end never sent", SF_CODEC_UNKNOWN, false,
	  { { 1, 1, false, "01" }, { 2, 1, true, "02" },
	    { 3, 2, false, "03" }, { 4, 3, true, "04" } },
	  "2:0102 ? 1:04 " },
	{ "other video: the packet after a loss may not be the first",
	  SF_CODEC_UNKNOWN, false,
	  { { 1, 1, true, "01" }, { 3, 2, true, "03" }, { 4, 3, true, "04" } },
	  "1:01 ? 1:04 " },
	{ "H.264: STAP-A, FU-A, single, each behind a start code",
	  SF_CODEC_H264, false,
	  { { 1, 1, false, "78 0002 6742 0002 68ce" },
	    { 2, 1, false, "7c85 b8" }, { 3, 1, true, "7c45 aa" },
	    { 4, 2, true, "61e0" } },
	  "3:000000016742" "0000000168ce" "0000000165b8aa 1:0000000161e0 " },
	{ "H.264: a fragment in the middle lost", SF_CODEC_H264, false,
	  { { 1, 1, false, "7c81 e0" }, { 3, 1, true, "7c41 aa" },
	    { 4, 2, true, "61e0" } }, "? 1:0000000161e0 " },
	{ "H.264: the last fragment lost, marker and all", SF_CODEC_H264, false,
	  { { 1, 1, false, "7c81 e0" }, { 3, 2, true, "61e0" } },
	  "? 1:0000000161e0 " },
	{ "H.264: after a loss, a slice that is not the first of its picture",
	  SF_CODEC_H264, false,
	  { { 1, 1, true, "61e0" }, { 3, 2, true, "6120" }, { 4, 3, true, "6120" } },
	  "1:0000000161e0 ? 1:000000016120 " },
	{ "H.264: a unit is never ended", SF_CODEC_H264, false,
	  { { 1, 1, false, "7c81 e0" }, { 2, 1, true, "7c01 aa" } }, "? " },
	{ "H.264: STAP-B, FU-B and FU-A", SF_CODEC_H264, false,
	  { { 1, 1, false, "79 0001 0002 6742 0002 68ce" },
	    { 2, 1, false, "7d85 0003 b8" }, { 3, 1, true, "7c45 aa" },
	    { 4, 2, true, "79 0004 0002 61e0" } },
	  "3:000000016742" "0000000168ce" "0000000165b8aa 1:0000000161e0 " },
	{ "H.264: units in another order than that of their numbers",
	  SF_CODEC_H264, false,
	  { { 1, 1, true, "79 fffd 0002 61e0" },
	    { 2, 2, false, "79 ffff 0002 68ce" },
	    { 3, 2, false, "79 fffe 0003 674201" },
	    { 4, 2, true, "7d c5 0000 b8aa" } },
	  "1:0000000161e0 3:00000001674201" "0000000168ce" "0000000165b8aa " },
	{ "H.264: MTAP16, two frames in one packet", SF_CODEC_H264, false,
	  { { 1, 1, false, "7a 0001 0002 00 0000 6742 0002 01 0000 65b8"
			   "0002 02 0003 61e0" },
	    { 2, 4, true, "7a 0004 0002 00 0000 61e1" },
	    { 3, 5, true, "61e2" } },
	  "1:0000000167420000000165b8 2:0000000161e00000000161e1 "
	  "1:0000000161e2 " },
	{ "H.264: MTAP24, out of order", SF_CODEC_H264, false,
	  { { 1, 8, true, "79 0000 0002 61e0" },
	    { 2, 9, true, "7b 0001 0002 01 000000 65b8 0002 00 000000 6742" },
	    { 3, 10, true, "7b 0003 0002 00 000000 61e0" } },
	  "1:0000000161e0 1:0000000167420000000165b8 1:0000000161e0 " },
	{ "H.264: MTAP, a unit longer than its packet", SF_CODEC_H264, false,
	  { { 1, 1, true, "61e0" }, { 2, 2, true, "7a 0001 0009 00 0000 61" },
	    { 3, 3, true, "7a 0002 0002 00 0000 61e0 0002 01" },
	    { 4, 4, true, "61e0" } },
	  "1:0000000161e0 ? ? 1:0000000161e0 " },
	{ "H.264: frames that are interleaved", SF_CODEC_H264, false,
	  { { 1, 1, true, "61e0" },
	    { 2, 2, false, "7a 0001 0002 00 0000 61e1 0002 02 0001 61e2" },
	    { 3, 2, true, "7a 0002 0002 00 0000 6120" },
	    { 4, 4, true, "61e0" } },
	  "1:0000000161e0 ? ? ? 1:0000000161e0 " },
	{ "H.264: FU-B whose end is lost", SF_CODEC_H264, false,
	  { { 1, 1, true, "61e0" }, { 2, 2, false, "7d81 0001 e0" },
	    { 4, 3, true, "61e0" } },
	  "1:0000000161e0 ? 1:0000000161e0 " },
	{ "H.264: an aggregate longer than its packet", SF_CODEC_H264, false,
	  { { 1, 1, true, "61e0" }, { 2, 2, true, "78 0009 67" } },
	  "1:0000000161e0 ? " },
	{ "H.265: AP, FU, single", SF_CODEC_H265, false,
	  { { 1, 1, false, "6001 0003 40010c 0003 420101" },
	    { 2, 1, false, "6201 93 af" }, { 3, 1, true, "6201 53 12" },
	    { 4, 2, true, "0201 d0" } },
	  "3:0000000140010c" "00000001420101" "000000012601af12 1:000000010201d0 " },
	{ "H.265: PACI around a unit, an AP and fragments", SF_CODEC_H265, false,
	  { { 1, 1, true, "6401 0200 d0" },
	    { 2, 2, true, "6401 6038 aabbcc 0003 40010c 0003 0201d0" },
	    { 3, 3, false, "6401 6200 93 af" }, { 4, 3, true, "6201 53 12" } },
	  "1:000000010201d0 1:0000000140010c" "000000010201d0 "
	  "2:000000012601af12 " },
	{ "H.265: PACI in PACI", SF_CODEC_H265, false,
	  { { 1, 1, true, "0201 d0" }, { 2, 2, true, "6401 6400 0200 d0" } },
	  "1:000000010201d0 ? " },
	{ "AV1: sizes given back", SF_CODEC_AV1, false,
	  { { 1, 1, true, "28 02 0800 30aabb" }, { 2, 2, true, "10 30cc" } },
	  "1:0a01003202aabb 1:3201cc " },
	{ "AV1: one OBU in three packets", SF_CODEC_AV1, false,
	  { { 1, 1, false, "58 3001" }, { 2, 1, false, "d0 02" },
	    { 3, 1, true, "90 03" } }, "3:3203010203 " },
	{ "AV1: lengths on all elements", SF_CODEC_AV1, false,
	  { { 1, 1, true, "00 02 0800 03 30aabb" } }, "1:0a01003202aabb " },
	{ "AV1: the middle lost", SF_CODEC_AV1, false,
	  { { 1, 1, false, "50 3001" }, { 3, 1, true, "90 03" },
	    { 4, 2, true, "10 3004" } }, "? 1:320104 " },
	{ "AV1: an element that carries on nothing", SF_CODEC_AV1, false,
	  { { 1, 1, false, "10 3001" }, { 2, 1, true, "90 03" } }, "? " },
	{ "AV1: octets that are no OBU stay as they are", SF_CODEC_AV1, false,
	  { { 1, 1, false, "50 880f11" }, { 2, 1, true, "90 2233" } },
	  "2:880f112233 " },
	/* a size for each that a mark ends, and no more */
	{ "AV1: ten elements that are no OBUs", SF_CODEC_AV1, false,
	  { { 1, 1, true, "00 02 8000 02 8001 02 8002 02 8003 02 8004 02 8005 "
			  "02 8006 02 8007 02 8008 02 8009" } },
	  "1:820100820101820102820103820104820105820106800780088009 " },
	{ "AV1: an element longer than its packet", SF_CODEC_AV1, false,
	  { { 1, 1, true, "00 09 30aa" } }, "? " },
};

static void
rebuilds_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_depay d = { 0 };
		struct sf_depay_pool pool;
		struct sf_arena a;
		struct writer w = { .n = 0 };

		assert_true(sf_arena_init(&a, 4096));
		assert_true(sf_depay_pool_init(&pool, &a, 2, 64));
		for (size_t k = 0; k < 6 && rows[i].packets[k].hex; k++) {
			const struct packet *p = &rows[i].packets[k];
			struct sf_bytes in = hex_octets(p->hex);
			struct sf_unit u = { .seq = p->seq,
				.timestamp = p->ts,
				.marker = p->marker,
				.payload = in };

			sf_depay_unit(&d, &pool, rows[i].codec,
			    rows[i].descriptor, &u, write_frame, &w);
			hex_free(in);
		}
		sf_depay_finish(&d, &pool, write_frame, &w);
		if (strcmp(w.text, rows[i].frames) != 0)
			fail_msg("row \"%s\": %s, not %s", rows[i].what,
			    w.text, rows[i].frames);
		EXPECT(rows[i].what, pool.n_free, pool.n);
		sf_arena_wipe(&a);
	}
}

/* A frame larger than a buffer, and no buffer left: incomplete and counted. */
static void
says_when_there_is_no_room(void **state)
{
	struct sf_depay d[3] = { { 0 } };
	struct sf_depay_pool pool;
	struct sf_arena a;
	struct writer w = { .n = 0 };
	uint8_t octets[40] = { 0x10 };
	struct sf_unit u = { .seq = 1,
		.timestamp = 1,
		.payload = sf_bytes(octets, sizeof(octets)) };

	(void)state;
	assert_true(sf_arena_init(&a, 4096));
	assert_true(sf_depay_pool_init(&pool, &a, 2, 64));
	for (unsigned i = 0; i < 3; i++)
		sf_depay_unit(&d[i], &pool, SF_CODEC_VP8, false, &u,
		    write_frame, &w);
	assert_int_equal(pool.none_free, 1);
	octets[0] = 0;
	u.seq = 2;
	u.marker = true;
	for (unsigned i = 0; i < 3; i++)
		sf_depay_unit(&d[i], &pool, SF_CODEC_VP8, false, &u,
		    write_frame, &w);
	assert_int_equal(pool.too_large, 2);
	assert_string_equal(w.text, "? ? ? ");
	assert_int_equal(pool.n_free, 2);
	sf_arena_wipe(&a);
}

static struct sf_unit
unit(uint64_t seq, uint32_t ts, bool marker, struct sf_bytes in)
{
	return (struct sf_unit){ .seq = seq,
		.timestamp = ts,
		.marker = marker,
		.payload = in };
}

/* Two packets a frame, 12 frames; what the descriptor is, is what differs. */
static const struct {
	const char *what, *first, *second;
	unsigned id_at;          /* of the low octet of a picture id; 0: none */
	uint32_t step;
	enum sf_codec codec;
	bool descriptor;
} formats[] = {
	{ "VP8",         "90800000", "80800000", 2, 3000, SF_CODEC_VP8,  false },
	{ "VP9",         "99800000", "95800000", 2, 3000, SF_CODEC_VP9,  false },
	{ "H.264 FU-A",  "7c850000", "7c450000", 0, 3000, SF_CODEC_H264, false },
	{ "H.265 FU",    "62019300", "62015300", 0, 3000, SF_CODEC_H265, false },
	{ "AV1",         "50000000", "90000000", 0, 3000, SF_CODEC_AV1,  false },
	{ "descriptors", "80000000", "40000000", 0, 3000, SF_CODEC_UNKNOWN, true },
	{ "RED and VP9", "62998000", "62958000", 0, 3000, SF_CODEC_UNKNOWN, false },
	{ "IDR slices",  "65888000", "65004000", 0, 3000, SF_CODEC_H264, false },
	{ "SPS alone",   "67420000", "67640000", 0, 3000, SF_CODEC_UNKNOWN, false },
	{ "STAP-A",      "78000467", "78000865", 0, 3000, SF_CODEC_H264, false },
	{ "STAP-A, long", "78100467", "78100865", 0, 3000, SF_CODEC_UNKNOWN, false },
	{ "neither",     "a1000000", "d7000000", 0, 3000, SF_CODEC_UNKNOWN, false },
};

static void
guesses_formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(formats); i++) {
		struct sf_unit units[24];
		uint8_t octets[24][44];
		uint64_t seed = i;
		struct sf_guess got;

		for (unsigned k = 0; k < 24; k++) {
			struct sf_bytes h = hex_octets(
			    k % 2 ? formats[i].second : formats[i].first);

			noise_fill(octets[k], sizeof(octets[k]), &seed);
			memcpy(octets[k], h.p, formats[i].id_at ? 4 : 3);
			if (formats[i].id_at != 0)
				octets[k][formats[i].id_at] = (uint8_t)(k / 2);
			hex_free(h);
			units[k] = unit(k + 1, k / 2 * formats[i].step, k % 2,
			    sf_bytes(octets[k], sizeof(octets[k])));
		}
		got = sf_depay_guess(units, 24);
		EXPECT(formats[i].what, got.codec, formats[i].codec);
		EXPECT(formats[i].what, got.descriptor, formats[i].descriptor);
	}
}

/* Layers of a picture share its timestamp, and each is a frame: what ends in a
   packet begins anew in the next, and what does not, goes on there. */
static void
guesses_layers(void **state)
{
	static const uint8_t kinds[] = { 0x50, 0x90, 0x10, 0x10, 0x10 };
	struct sf_unit units[20];
	uint8_t octets[20][40];
	uint64_t seed = 1;

	(void)state;
	for (unsigned k = 0; k < 20; k++) {
		noise_fill(octets[k], sizeof(octets[k]), &seed);
		octets[k][0] = kinds[k % 5];
		units[k] = unit(k + 1, (k + 1) / 5 * 3000, k % 5 == 3,
		    sf_bytes(octets[k], sizeof(octets[k])));
	}
	assert_int_equal(sf_depay_guess(units, 20).codec, SF_CODEC_AV1);
	octets[7][0] = 0x90; /* goes on with what has ended */
	assert_int_equal(sf_depay_guess(units, 20).codec, SF_CODEC_UNKNOWN);
}

/* A frame of two packets and one of one: 15 bits that count are enough, and what
   stays as it is, or jumps, is not. */
static const struct {
	const char *what, *packets[3];
	enum sf_codec codec;
} few[] = {
	{ "VP8", { "90808123", "80808123", "90808124" }, SF_CODEC_VP8 },
	{ "VP8 with 7 bits", { "908012", "808012", "908013" },
	    SF_CODEC_UNKNOWN },
	{ "VP8 without", { "10", "00", "10" }, SF_CODEC_UNKNOWN },
	{ "VP8, not counting", { "90808123", "80808123", "90808123" },
	    SF_CODEC_UNKNOWN },
	{ "VP8, jumping", { "90808123", "80808123", "90808223" },
	    SF_CODEC_UNKNOWN },
	{ "VP9", { "8881a3", "8481a3", "8c81a4" }, SF_CODEC_VP9 },
	{ "SFrame", { "99812c0100", "99812c0101", "99812c0102" },
	    SF_CODEC_UNKNOWN },
};

static void
guesses_from_few(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(few); i++) {
		struct sf_unit units[3];
		uint8_t octets[3][44];
		uint64_t seed = i;

		for (unsigned k = 0; k < 3; k++) {
			struct sf_bytes h = hex_octets(few[i].packets[k]);

			noise_fill(octets[k], sizeof(octets[k]), &seed);
			memcpy(octets[k], h.p, h.n);
			hex_free(h);
			units[k] = unit(k + 1, k / 2 * 3000, k != 0,
			    sf_bytes(octets[k], sizeof(octets[k])));
		}
		EXPECT(few[i].what, sf_depay_guess(units, 3).codec,
		    few[i].codec);
	}
}

/* Noise, as SRTP leaves it, is no video format; Opus is told by its clock. */
static void
guesses_nothing_of_noise(void **state)
{
	struct sf_unit units[24];
	uint8_t octets[24][80];
	uint64_t seed = 3;
	struct sf_guess got;

	(void)state;
	for (unsigned set = 0; set < 2000; set++) {
		for (unsigned k = 0; k < 24; k++) {
			noise_fill(octets[k], sizeof(octets[k]), &seed);
			units[k] = unit(k + 1, k / 2 * 3000, k % 2,
			    sf_bytes(octets[k], sizeof(octets[k])));
		}
		EXPECT("video", sf_depay_guess(units, 24).codec,
		    SF_CODEC_UNKNOWN);
		for (unsigned k = 0; k < 24; k++)
			units[k].timestamp = k * 960;
		got = sf_depay_guess(units, 24);
		EXPECT("audio", got.codec, SF_CODEC_OPUS);
		EXPECT("descriptor", got.descriptor, false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rebuilds_frames),
		cmocka_unit_test(says_when_there_is_no_room),
		cmocka_unit_test(guesses_formats),
		cmocka_unit_test(guesses_layers),
		cmocka_unit_test(guesses_from_few),
		cmocka_unit_test(guesses_nothing_of_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
