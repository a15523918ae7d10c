/*
 * pcap.h - a pcap file: its header, and the header of one record
 * (draft-ietf-opsawg-pcap 4 and 5).
 */
#ifndef SF_PCAP_H
#define SF_PCAP_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_PCAP_HEADER_OCTETS   24
#define SF_PCAP_RECORD_OCTETS   16
#define SF_PCAP_MODIFIED_OCTETS 24 /* a record header of the modified kind */

struct sf_pcap_header {
	bool big;           /* integers in the file are big-endian */
	bool nanoseconds;   /* else microseconds */
	bool modified;      /* record headers have 24 octets, not 16 */
	uint16_t major, minor;
	uint32_t snaplen;   /* octets, as sent; 0: no limit is told */
	uint16_t link_type; /* LINKTYPE_ */
	uint8_t fcs_octets; /* behind every packet; 0 also when not told */
	struct sf_bytes payload; /* the records */
};

/*
 * SF_MALFORMED when the first four octets are no magic number of pcap,
 * SF_UNSUPPORTED for a version other than 2.x and 543.0.
 */
enum sf_status sf_pcap_header_parse(struct sf_pcap_header *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* A record header as sent: no length is judged. */
struct sf_pcap_record {
	uint32_t seconds;   /* since 1970 */
	uint32_t fraction;  /* microseconds or nanoseconds, as the file has it */
	uint32_t captured;  /* octets that follow */
	uint32_t original;  /* octets on the wire */
	uint8_t packet_type; /* modified: as in struct sf_sll; else 0 */
	struct sf_bytes payload; /* the packet, and what is behind it */
};

/* The same facts, in the two byte orders and the two kinds. */
struct sf_pcap_record_le {
	struct sf_pcap_record v;
};
struct sf_pcap_record_be {
	struct sf_pcap_record v;
};
struct sf_pcap_modified_le {
	struct sf_pcap_record v;
};
struct sf_pcap_modified_be {
	struct sf_pcap_record v;
};

enum sf_status sf_pcap_record_le_parse(struct sf_pcap_record_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcap_record_be_parse(struct sf_pcap_record_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcap_modified_le_parse(struct sf_pcap_modified_le *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;
enum sf_status sf_pcap_modified_be_parse(struct sf_pcap_modified_be *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
