/*
 * rtcp.h - decode: RTCP, one line for each packet of a compound.
 */
#ifndef SF_REPORT_RTCP_H
#define SF_REPORT_RTCP_H

#include "engine/packet.h"
#include "report/report.h"

/* One RTCP datagram, SRTCP taken off where its keys are known. */
struct sf_compound {
	struct sf_place place;
	struct sf_addr src, dst;
	bool cut; /* the capture has not all of it */
	struct sf_bytes octets;
};

/*
 * Its packets, in their order. One that does not end where its lengths say, and
 * is not cut, is SRTCP or damaged: it is one line, which tells its first packet.
 */
bool sf_rtcp_text(
    FILE *f, const struct sf_compound *c, const struct sf_report_style *style);
bool sf_rtcp_json(FILE *f, const struct sf_compound *c);

#endif
