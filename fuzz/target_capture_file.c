/*
 * target_capture_file.c - a whole capture file, out of memory. It is there
 * to reach engine/capture/capture.c, the front ends, engine/capture/source.c
 * and engine/link.c.
 *
 * Read in place and read by pieces, the packets and the damage must be the
 * same, and every packet of pcap and pcapng must lie inside the file.
 */
#include "engine/capture/capture.h"
#include "engine/transport/peel.h"
#include "fuzz/fuzz.h"

#include <string.h>

#define SEVERAL 7 /* octets of a piece: divides neither records nor blocks */

static const struct sf_capture_options plain;

static void
check_same(const struct sf_packet *a, const struct sf_packet *b)
{
	FUZZ_CHECK(a->place.packet == b->place.packet);
	FUZZ_CHECK(a->place.time_ns == b->place.time_ns);
	FUZZ_CHECK(a->link_type == b->link_type);
	FUZZ_CHECK(a->direction == b->direction);
	FUZZ_CHECK(a->wire_octets == b->wire_octets);
	FUZZ_CHECK(a->octets.n == b->octets.n);
	FUZZ_CHECK(memcmp(a->octets.p, b->octets.p, a->octets.n) == 0);
	FUZZ_CHECK((a->carried == NULL) == (b->carried == NULL));
	FUZZ_CHECK(a->carried == NULL ||
		   (a->carried->via.n <= SF_VIA_MAX &&
		       a->carried->records == b->carried->records));
	FUZZ_CHECK(a->comment.n == b->comment.n);
	FUZZ_CHECK(a->comment.n <= SF_COMMENT_MAX);
	FUZZ_CHECK(a->comment.n == 0 ||
		   memcmp(a->comment.p, b->comment.p, a->comment.n) == 0);
}

static void
check_packet(const struct sf_packet *pkt, const struct sf_capture_info *info,
    struct sf_bytes file)
{
	struct sf_datagram g;
	struct sf_peel p;
	struct sf_diag d;
	enum sf_peel_end end;

	/* other formats get their headers, and unpacked ones their octets, elsewhere */
	if (strncmp(info->format, "pcap", 4) == 0 && info->packing[0] == '\0')
		FUZZ_CHECK(sf_bytes_inside(pkt->octets, file));
	FUZZ_CHECK(pkt->wire_octets >= pkt->octets.n);
	end = sf_peel_packet(&p, pkt, &d);
	if (end == SF_PEEL_DATAGRAM) {
		sf_peel_datagram(&g, &p);
		FUZZ_CHECK(sf_bytes_inside(g.payload, pkt->octets));
		FUZZ_CHECK(g.payload.n <= g.wire_octets);
		FUZZ_CHECK(g.cut == (g.payload.n < g.wire_octets));
	} else {
		FUZZ_CHECK(d.at <= pkt->octets.n);
	}
}

static void
check_info(const struct sf_capture_info *i, enum sf_capture_status end,
    struct sf_bytes file)
{
	FUZZ_CHECK(i->octets <= file.n);
	FUZZ_CHECK(i->damaged == (end == SF_CAPTURE_DAMAGED));
	FUZZ_CHECK(i->damaged == (i->diag.status != SF_OK));
	if (end == SF_CAPTURE_END)
		FUZZ_CHECK(i->octets == file.n);
	if (i->damaged) {
		/* inside what is packed it is a place in what was unpacked */
		FUZZ_CHECK(i->damaged_at <= file.n || i->packing[0] != '\0');
		FUZZ_CHECK(i->diag.field != NULL && i->diag.ref != NULL);
		FUZZ_CHECK(
		    (i->diag.status == SF_SHORT) == (i->diag.missing != 0));
	}
	FUZZ_CHECK(i->first_ns <= i->last_ns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct sf_capture *a = NULL;
	struct sf_capture *b = NULL;
	enum sf_capture_status st;
	struct sf_bytes file;

	FUZZ_CHECK(exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	file = sf_bytes(exact, size);

	st = sf_capture_open_memory(&a, file, 0, &plain);
	FUZZ_CHECK(sf_capture_open_memory(&b, file, SEVERAL, &plain) == st);
	while (st == SF_CAPTURE_OK) {
		struct sf_packet x, y;

		st = sf_capture_next(a, &x);
		FUZZ_CHECK(sf_capture_next(b, &y) == st);
		if (st != SF_CAPTURE_OK)
			break;
		check_packet(&x, sf_capture_info(a), file);
		check_same(&x, &y);
	}
	FUZZ_CHECK(st != SF_CAPTURE_SYSTEM);
	check_info(sf_capture_info(a), st, file);
	check_info(sf_capture_info(b), st, file);
	FUZZ_CHECK(sf_capture_info(a)->packets == sf_capture_info(b)->packets);
	FUZZ_CHECK(
	    sf_capture_info(a)->damaged_at == sf_capture_info(b)->damaged_at);
	sf_capture_close(a);
	sf_capture_close(b);
	free(exact);
	return 0;
}
