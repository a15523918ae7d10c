/*
 * rtcpfb.h - what stands in RTCP packets beyond names and goodbyes: reports of
 * receivers (RFC 3550 6.4) and feedback (RFC 4585, RFC 5104).
 */
#ifndef SF_RTCPFB_H
#define SF_RTCPFB_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* One report block of SR or RR (RFC 3550 6.4.1). */
struct sf_rtcp_block {
	uint32_t ssrc;    /* whose packets it speaks of */
	uint8_t fraction; /* lost since the last report, in 256ths */
	int32_t lost;     /* in all; below 0 with duplicates */
	uint32_t highest; /* sequence number, extended */
	uint32_t jitter;
	uint32_t lsr,
	    delay; /* middle of the NTP time of the last SR, and 65536ths
	                        of a second since; 0: none came */
	struct sf_bytes payload; /* the blocks that follow */
};

/* The body of a feedback message, types 205 and 206 (RFC 4585 6.1). */
struct sf_rtcp_feedback {
	uint32_t sender, media;
	struct sf_bytes payload; /* its control information */
};

/* One item of a generic NACK (RFC 4585 6.2.1). */
struct sf_rtcp_nack {
	uint16_t seq;
	uint16_t mask;           /* bit n: the packet n + 1 behind it as well */
	unsigned packets;        /* asked for: this one and those of the mask */
	struct sf_bytes payload; /* the items that follow */
};

/* One item of a full intra request (RFC 5104 4.3.1). */
struct sf_rtcp_fir {
	uint32_t ssrc;
	uint8_t number;
	struct sf_bytes payload;
};

/* Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 2.2). */
struct sf_rtcp_remb {
	uint64_t bitrate; /* bit/s; UINT64_MAX when it is above that */
	uint8_t count;
	struct sf_bytes ssrcs;   /* 4 octets each */
	struct sf_bytes payload; /* behind them */
};

/* Transport-wide feedback
   (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1). */
struct sf_rtcp_twcc {
	uint16_t base;           /* number of the first packet */
	uint16_t packets;        /* spoken of */
	uint16_t received;       /* of these */
	int32_t reference;       /* time, in 64 ms */
	uint8_t number;          /* of the message */
	struct sf_bytes payload; /* behind the last delta: padding */
};

enum sf_status sf_rtcp_block_parse(struct sf_rtcp_block *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_feedback_parse(struct sf_rtcp_feedback *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_nack_parse(struct sf_rtcp_nack *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_fir_parse(
    struct sf_rtcp_fir *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
/* SF_MALFORMED when it is another application's message. */
enum sf_status sf_rtcp_remb_parse(struct sf_rtcp_remb *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_rtcp_twcc_parse(struct sf_rtcp_twcc *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
