/*
 * rtpdump.h - the binary format of rtptools (rtpdump -F dump), which Wireshark
 * and libwebrtc's tools write too: a head, then one record for each packet of
 * one direction. Octets are big-endian whoever wrote them.
 */
#ifndef SF_RTPDUMP_H
#define SF_RTPDUMP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_RTPDUMP_HEAD_MOST     96 /* with the longest address there may be */
#define SF_RTPDUMP_RECORD_OCTETS 8

struct sf_rtpdump_head {
	struct sf_bytes where; /* "address/port" as in the first line */
	bool has_to; /* that is an IPv4 address: the next two are set */
	uint8_t to[4];
	uint16_t to_port;
	uint32_t seconds, microseconds; /* since 1970, of the start */
	uint8_t from[4]; /* the source, or the same address once more */
	uint16_t from_port;
	struct sf_bytes payload; /* records */
};

enum sf_status sf_rtpdump_head_parse(struct sf_rtpdump_head *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* The head of a record. */
struct sf_rtpdump_record {
	uint16_t octets;         /* of the packet that are here */
	uint16_t original;       /* that it had; 0: it is RTCP, and whole */
	uint32_t ms;             /* since the start */
	struct sf_bytes payload; /* the packet, and what follows */
};

enum sf_status sf_rtpdump_record_parse(struct sf_rtpdump_record *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
