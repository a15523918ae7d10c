#include "checks/check.h"

#define SHORTEST_TAG 4 /* RFC 9605 4.5: suite 3 */

/* RFC 9605 4.3: 0 to 7 in the config octet, else the fewest octets. */
static void
check_field(struct sf_checks *k, const struct sf_frame_event *ev,
    enum sf_finding_id minimal, enum sf_finding_id inlined, uint64_t value,
    uint8_t octets)
{
	unsigned fewest = sf_sframe_header_octets(value);

	/* 00 07 in two octets is padded; 07 in one is not inline */
	sf_expect(
	    k, minimal, octets < 2 || octets == (fewest ? fewest : 1), ev);
	sf_expect(k, inlined, octets != 1 || value >= 8, ev);
}

/* A frame in an SFrame stream that does not fit: is it too short to? */
static void
check_misfit(struct sf_checks *k, const struct sf_frame_event *ev)
{
	struct sf_sframe_header h;
	struct sf_diag d;
	struct sf_bytes in = sf_bytes(ev->raw, ev->raw_octets);
	bool whole = sf_sframe_header_parse(&h, in, &d) == SF_OK;

	sf_expect(k, SFH005, whole, ev);
	if (whole)
		sf_expect(k, SFH006,
		    ev->octets >= ev->header_at + h.aad.n + SHORTEST_TAG, ev);
}

void
sf_check_header(struct sf_checks *k, const struct sf_frame_event *ev)
{
	if (ev->doubtful)
		return;
	if (ev->misfit && !ev->draft && ev->state == SF_STATE_UNKNOWN)
		check_misfit(k, ev);
	if (!ev->has_header || ev->draft)
		return;
	check_field(k, ev, SFH001, SFH003, ev->kid, ev->kid_octets);
	check_field(k, ev, SFH002, SFH004, ev->ctr, ev->ctr_octets);
	sf_passed(k, SFH005, 1);
	sf_passed(k, SFH006, 1);
}
