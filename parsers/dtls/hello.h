/*
 * hello.h - ClientHello and ServerHello of DTLS (RFC 6347 4.3.2, RFC 9147 5.3),
 * the extensions behind them (RFC 8446 4.2), and use_srtp (RFC 5764 4.1.1).
 */
#ifndef SF_DTLS_HELLO_H
#define SF_DTLS_HELLO_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

#define SF_DTLS_RANDOM 32 /* octets */

#define SF_TLS_USE_SRTP           14 /* extension types */
#define SF_TLS_SUPPORTED_VERSIONS 43

struct sf_dtls_client_hello {
	uint16_t version;
	struct sf_bytes random;
	struct sf_bytes session, cookie, suites, compression;
	struct sf_bytes payload; /* extensions */
};

enum sf_status sf_dtls_client_hello_parse(struct sf_dtls_client_hello *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_dtls_server_hello {
	uint16_t version;
	struct sf_bytes random;
	struct sf_bytes session;
	uint16_t suite;
	uint8_t compression;
	struct sf_bytes payload; /* extensions */
};

enum sf_status sf_dtls_server_hello_parse(struct sf_dtls_server_hello *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* One extension; call again on payload until that is empty. */
struct sf_tls_extension {
	uint16_t type;
	struct sf_bytes data;
	struct sf_bytes payload; /* the extensions that follow */
};

enum sf_status sf_tls_extension_parse(struct sf_tls_extension *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

struct sf_use_srtp {
	struct sf_bytes profiles; /* two octets each, one at least */
	struct sf_bytes payload;  /* the MKI */
};

enum sf_status sf_use_srtp_parse(struct sf_use_srtp *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
