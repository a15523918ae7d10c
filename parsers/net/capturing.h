/*
 * capturing.h - link types that are the capturing program's own: netfilter's
 * log (LINKTYPE_NFLOG), macOS's packet tap (LINKTYPE_PKTAP), and the payloads
 * that Wireshark exports (LINKTYPE_WIRESHARK_UPPER_PDU).
 */
#ifndef SF_CAPTURING_H
#define SF_CAPTURING_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_nflog {
	uint8_t family;          /* AF_ of Linux: 2 IPv4, 10 IPv6 */
	struct sf_bytes payload; /* empty when the log has none */
};

/* SF_UNSUPPORTED: version above 0. SF_MALFORMED: a length in neither order. */
enum sf_status sf_nflog_parse(
    struct sf_nflog *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_pktap {
	uint32_t link_type; /* DLT_ of the payload */
	struct sf_bytes payload;
};

/* SF_MALFORMED: a length inside the header. */
enum sf_status sf_pktap_parse(
    struct sf_pktap *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_exported {
	struct sf_bytes name; /* of the dissector: "rtp"; empty when not told */
	struct sf_bytes src, dst; /* 4 or 16 octets, or empty */
	uint16_t src_port, dst_port;
	struct sf_bytes payload;
};

enum sf_status sf_exported_parse(
    struct sf_exported *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
