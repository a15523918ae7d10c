/*
 * rtcpfacts.h - what stands in RTCP packets that nobody is judged by, for who
 * wants to read them: sender information, names, reasons, extended reports.
 */
#ifndef SF_RTCPFACTS_H
#define SF_RTCPFACTS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* The front of a sender report's body (RFC 3550 6.4.1). */
struct sf_rtcp_sender {
	uint32_t ssrc;
	uint64_t ntp; /* seconds since 1900, and 32 bits of fraction */
	uint32_t rtp; /* the same moment, by the clock of the media */
	uint32_t packets, octets; /* sent so far */
	struct sf_bytes payload;  /* the report blocks */
};

/* An item of an SDES chunk (RFC 3550 6.5), or octets behind their number, as
   the reason in BYE (6.6) is: that has no type. */
struct sf_rtcp_item {
	uint8_t type; /* 0: the end of the items, and nothing of text */
	struct sf_bytes text;
	struct sf_bytes payload; /* the items that follow */
};
struct sf_rtcp_reason {
	struct sf_bytes text;
	struct sf_bytes payload; /* padding */
};

/* The body of an APP packet (RFC 3550 6.7). */
struct sf_rtcp_app {
	uint32_t ssrc;
	struct sf_bytes name; /* 4 octets */
	struct sf_bytes payload;
};

/* One item of a temporary maximum bitrate (RFC 5104 4.2.1.1). */
struct sf_rtcp_tmmb {
	uint32_t ssrc;
	uint64_t bitrate;  /* bit/s; UINT64_MAX when it is above that */
	uint16_t overhead; /* octets of a packet */
	struct sf_bytes payload;
};

/* One block of an extended report (RFC 3611 3). */
struct sf_rtcp_xr {
	uint8_t type, specific;
	struct sf_bytes body;    /* behind the 4 octets in front */
	struct sf_bytes payload; /* the blocks that follow */
};
/* One item of a DLRR block (RFC 3611 4.5). */
struct sf_rtcp_dlrr {
	uint32_t ssrc, lrr, delay; /* delay: 65536ths of a second */
	struct sf_bytes payload;
};

/* What congestion control feedback says of one source (RFC 8888 3.1). */
struct sf_rtcp_ccfb {
	uint32_t ssrc;
	uint16_t first, packets, received; /* sequence number; spoken of */
	struct sf_bytes
	    payload; /* the next source, or the time of the report */
};

enum sf_status sf_rtcp_sender_parse(struct sf_rtcp_sender *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_item_parse(struct sf_rtcp_item *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_reason_parse(struct sf_rtcp_reason *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_app_parse(
    struct sf_rtcp_app *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_tmmb_parse(struct sf_rtcp_tmmb *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_xr_parse(
    struct sf_rtcp_xr *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_dlrr_parse(struct sf_rtcp_dlrr *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_ccfb_parse(struct sf_rtcp_ccfb *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
