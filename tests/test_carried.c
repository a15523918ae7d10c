/* Unit tests of parsers/file/carried.c and engine/capture/carried.c. */
#include "engine/capture/carried.h"
#include "parsers/file/carried.h"
#include "tests/rows.h"

/* A packet: magic, number, records, removed, beside, media (11), ways. */
#define PACKET "73667431 0000000000000102 00000003 10 01 "
#define MEDIA  "01 01 01 0000bb80 3f 04 05 01 "
#define BARE   "00*11 "

/* clang-format off */
static const struct parser_row rows[] = {
	{ "carried_packet", "no way",        PACKET BARE "00", SF_OK, 0, 0, "" },
	{ "carried_packet", "two ways",      PACKET MEDIA "02 0000000007 1400000000", SF_OK, 0, 0, "" },
	{ "carried_packet", "more behind",   PACKET BARE "00 aabb", SF_OK, 0, 0, "aabb" },
	{ "carried_packet", "another magic", "73667432 0000000000000102 00000003 10 01 " BARE "00", SF_UNSUPPORTED, 0, 0, "" },
	{ "carried_packet", "nothing",       "", SF_SHORT, 0, 4, "" },
	{ "carried_packet", "cut",           PACKET BARE, SF_SHORT, 29, 1, "" },
	{ "carried_packet", "ways that lie", PACKET BARE "ff 00*9", SF_SHORT, 30, 1266, "" },
	{ "carried_counts", "none",          "73667431 00000000", SF_OK, 0, 0, "" },
	{ "carried_counts", "two",           "73667431 00000002 00*16 cc", SF_OK, 0, 0, "cc" },
	{ "carried_counts", "another magic", "73667430 00000000", SF_UNSUPPORTED, 0, 0, "" },
	{ "carried_counts", "nothing",       "", SF_SHORT, 0, 4, "" },
	{ "carried_counts", "cut",           "73667431 00000002 00*15", SF_SHORT, 8, 1, "" },
	{ "carried_counts", "a number that lies", "73667431 ffffffff 00*16", SF_MALFORMED, 4, 0, "" },
};
/* clang-format on */

static void
reads_or_refuses(void **state)
{
	(void)state;
	expect_rows(rows, LENGTH(rows));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("carried_packet", 120);
	expect_noise("carried_counts", 120);
}

static void
tells_what_it_was(void **state)
{
	static const char hex[] =
	    PACKET MEDIA "03 0000000007 ff00000009 1400000000";
	struct sf_bytes in = hex_octets(hex);
	struct sf_carried_read r;
	uint8_t out[SF_CARRIED_MAX];
	size_t n;

	(void)state;
	EXPECT("it", sf_carried_take(&r, in), true);
	EXPECT("it", r.number, 0x102);
	EXPECT("it", r.is.records, 3);
	EXPECT("it", r.is.removed, SF_REMOVED_SRTP);
	EXPECT("it", r.is.beside, SF_BESIDE_DTLS);
	EXPECT("it", r.is.has_media, true);
	EXPECT("it", r.is.media.kind, SF_KIND_AUDIO);
	EXPECT("it", r.is.media.codec, SF_CODEC_OPUS);
	EXPECT("it", r.is.media.clock, 48000);
	EXPECT("it", r.is.media.red_pt, 63);
	EXPECT("it", r.is.media.ext_mid, 4);
	EXPECT("it", r.is.media.ext_rid, 5);
	EXPECT("it", r.is.media.declared_e2ee, true);
	/* a way of no known kind is left out */
	EXPECT("it", r.is.via.n, 2);
	EXPECT("it", r.is.via.of[0].kind, SF_VIA_VXLAN);
	EXPECT("it", r.is.via.of[0].id, 7);
	EXPECT("it", r.is.via.of[1].kind, SF_VIA_TURN);
	n = sf_carried_put(out, r.number, &r.is);
	hex_free(in);
	expect_octets(
	    "again", sf_bytes(out, n), PACKET MEDIA "02 0000000007 1400000000");
}

#define THREE "0000000007 0000000007 0000000007 "

/* As many ways as a packet can have come fill what a packet's take. */
static void
all_ways_fit(void **state)
{
	static const char hex[] = PACKET MEDIA
	    "0c " THREE THREE THREE "0000000007 0000000007 0000000007";
	struct sf_bytes in = hex_octets(hex);
	struct sf_carried_read r;
	uint8_t out[SF_CARRIED_MAX];

	(void)state;
	EXPECT("it", sf_carried_take(&r, in), true);
	EXPECT("it", r.is.via.n, SF_VIA_MAX);
	EXPECT("it", sf_carried_put(out, r.number, &r.is), SF_CARRIED_MAX);
	expect_octets("again", sf_bytes(out, sizeof(out)), hex);
	hex_free(in);
}

/* What is kept for later does not go with the packet. */
static void
is_kept(void **state)
{
	struct sf_carried was = { .records = 7, .has_media = true }, room;
	struct sf_media other = { 0 };
	struct sf_packet pkt = { .media = &other };

	(void)state;
	sf_carried_keep(&pkt, &room);
	EXPECT("none", pkt.carried == NULL && pkt.media == &other, true);
	pkt.carried = &was;
	sf_carried_keep(&pkt, &room);
	EXPECT("of the file", pkt.media == &other, true);
	pkt.carried = &was;
	pkt.media = &was.media;
	sf_carried_keep(&pkt, &room);
	EXPECT("its own", pkt.media == &room.media, true);
	EXPECT("its own", pkt.carried == &room && room.records == 7, true);
}

static void
refuses_what_is_not_known(void **state)
{
	static const char *const bad[] = {
		PACKET "01 09 01 0000bb80 3f 04 05 01 00", /* a kind */
		PACKET "01 01 ff 0000bb80 3f 04 05 01 00", /* a codec */
		PACKET BARE,
	};
	struct sf_carried_read r;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct sf_bytes in = hex_octets(bad[i]);

		EXPECT(bad[i], sf_carried_take(&r, in), false);
		EXPECT(bad[i], r.number, 0);
		hex_free(in);
	}
}

/* whole less written, and added to written again, is whole. */
static void
totals_come_back(void **state)
{
	static struct sf_model whole, written;
	static uint8_t octets[SF_CARRIED_TOTALS_OCTETS];
	struct sf_carried_totals totals = { 0 };
	struct sf_capture_info info = { .redacted = 9 };
	struct sf_place first = { 5, 50, 1 }, last = { 7, 70, 1 };

	(void)state;
	whole.accounting.packets = 100;
	whole.accounting.stun = UINT64_MAX;
	written.accounting.packets = 60;
	written.accounting.other =
	    3; /* more than there was: nothing is noted */
	whole.dtls.unkeyed = 2;
	whole.wrappings.peeled[SF_VIA_TCP] = 8;
	whole.wrappings.tcp_holes = (struct sf_tally){ 4, first, last };
	whole.limits[SF_LIMIT_TCP] = 1;
	whole.limit_first[SF_LIMIT_TCP] = first;
	sf_carried_count(&totals, &whole, &written);
	sf_carried_note_file(&totals, &info);
	sf_carried_totals_put(octets, &totals);
	sf_carried_totals_take(&info, sf_bytes(octets, sizeof(octets)));
	EXPECT("file", info.redacted, 9);
	sf_carried_add(&written, &info.totals, 3);
	EXPECT("packets", written.accounting.packets, 100);
	EXPECT("other", written.accounting.other, 3);
	EXPECT("stun", written.accounting.stun, UINT64_MAX);
	EXPECT("dtls", written.dtls.unkeyed, 2);
	EXPECT("peeled", written.wrappings.peeled[SF_VIA_TCP], 8);
	EXPECT("holes", written.wrappings.tcp_holes.n, 4);
	EXPECT("holes", written.wrappings.tcp_holes.first.packet, 5);
	EXPECT("holes", written.wrappings.tcp_holes.last.time_ns, 70);
	EXPECT("holes", written.wrappings.tcp_holes.last.input, 3);
	EXPECT("limit", written.limits[SF_LIMIT_TCP], 1);
	EXPECT("limit", written.limit_first[SF_LIMIT_TCP].packet, 5);
	/* a second time: no number goes round */
	sf_carried_add(&written, &info.totals, 3);
	EXPECT("stun", written.accounting.stun, UINT64_MAX);
	/* totals of another length are of another version */
	info = (struct sf_capture_info){ 0 };
	octets[7]++;
	sf_carried_totals_take(&info, sf_bytes(octets, sizeof(octets)));
	EXPECT("version", info.totals.accounting.packets, 0);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_or_refuses),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(tells_what_it_was),
		cmocka_unit_test(all_ways_fit),
		cmocka_unit_test(is_kept),
		cmocka_unit_test(refuses_what_is_not_known),
		cmocka_unit_test(totals_come_back),
	};

	return cmocka_run_group_tests_name("carried", all, NULL, NULL);
}
