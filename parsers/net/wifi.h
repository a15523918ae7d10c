/*
 * wifi.h - IEEE 802.11 frames (9.2.4), as far as they carry data in the clear,
 * and what monitoring devices put in front of them: radiotap
 * (www.radiotap.org), PPI, and the older headers of Prism and AVS.
 */
#ifndef SF_WIFI_H
#define SF_WIFI_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_wifi {
	bool data;      /* a data frame that carries something */
	bool protected; /* and that is encrypted on the link */
	bool aggregate; /* the payload is A-MSDU subframes, not LLC */
	uint8_t header_octets;
	struct sf_bytes
	    payload; /* an LLC header, when data and not protected */
};

enum sf_status sf_wifi_parse(
    struct sf_wifi *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* One subframe of an A-MSDU. */
struct sf_amsdu {
	struct sf_bytes dst, src; /* 6 octets each */
	struct sf_bytes data;     /* begins with an LLC header */
	struct sf_bytes payload;  /* the further subframes */
};

enum sf_status sf_amsdu_parse(
    struct sf_amsdu *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_radiotap {
	bool padded; /* the 802.11 header is filled up to four octets */
	bool fcs;    /* four octets of checksum end the frame */
	struct sf_bytes payload;
};

/* SF_UNSUPPORTED: version above 0. SF_MALFORMED: a length inside the header. */
enum sf_status sf_radiotap_parse(
    struct sf_radiotap *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_ppi {
	uint32_t link_type; /* DLT_ of the payload */
	struct sf_bytes payload;
};

/* SF_MALFORMED: a length inside the header. */
enum sf_status sf_ppi_parse(
    struct sf_ppi *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Either of the older two; they are told apart by a magic number. */
struct sf_prism {
	bool avs;
	struct sf_bytes payload;
};

/* SF_MALFORMED: a length that neither header can have. */
enum sf_status sf_prism_parse(
    struct sf_prism *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
