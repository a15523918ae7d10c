/*
 * srtpkeys.h - the file of SRTP keys, sframe-tool/srtp-keys/v1: JSON, read as
 * strictly as the key file.
 *
 *	{ "schema": "sframe-tool/srtp-keys/v1",
 *	  "keys": [
 *	    { "profile": "AES_CM_128_HMAC_SHA1_80",
 *	      "master_key": "...", "master_salt": "...",
 *	      "ssrc": "0x1234", "src": "10.0.0.1:4000", "dst": "[::1]:5000",
 *	      "mki": "0001", "roc": 3, "owner": "alice" },
 *	    { "profile": 7, "key_and_salt": "..." },
 *	    { "crypto": "1 AES_CM_128_HMAC_SHA1_80 inline:..." } ] }
 *
 * Octets are hexadecimal or base64. A profile may be left out: then each that
 * has keys and salts of these lengths is tried; one beside "keys" is that of
 * all that name none.
 */
#ifndef SF_SRTPKEYS_H
#define SF_SRTPKEYS_H

#include "engine/config/keyfile.h"
#include "engine/srtp/entry.h"

/* Adds to *out; wipes all that it has when this returns false. */
bool sf_srtpkeys_read(struct sf_srtp_entries *out, struct sf_bytes text,
    struct sf_keyfile_error *error) SF_MUST_USE;

#endif
