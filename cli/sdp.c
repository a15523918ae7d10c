/*
 * sdp.c - the session descriptions of --sdp.
 */
#include "cli/sdp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/logsdp.h"
#include "cli/output.h"
#include "cli/textfile.h"
#include "engine/config/sdpjson.h"
#include "engine/crypto/crypto.h"
#include "engine/srtp/sdes.h"

#define SDP_MAX ((size_t)4 << 20) /* octets of all session descriptions */

/* The text of all files. */
struct texts {
	char *p;
	size_t n;
	bool logs; /* some of it was found in a log */
};

/* Adds a file, and a line end when it has none. */
static bool
append_file(struct texts *t, const char *name)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	struct stat st;
	bool good = true;

	if (f == NULL) {
		sf_complain(name, "cannot be read: %s", strerror(errno));
		return false;
	}
	errno = 0;
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else
		t->n += fread(t->p + t->n, 1, SDP_MAX - t->n, f);
	if (errno != 0 || ferror(f)) {
		sf_complain(name, "cannot be read: %s", strerror(errno));
		good = false;
	} else if (t->n > 0 && t->n < SDP_MAX && t->p[t->n - 1] != '\n') {
		t->p[t->n++] = '\n';
	}
	if (f != stdin)
		fclose(f);
	return good;
}

/* The descriptions inside take the place of JSON around them. */
static bool
unwrap_json(struct texts *t, size_t from, struct sf_json_error *e)
{
	size_t n = t->n - from;

	*e = (struct sf_json_error){ 0 };
	if (!sf_sdpjson_is(sf_bytes(t->p + from, n)))
		return true;
	if (!sf_sdpjson_read(t->p + from, &n, e))
		return false;
	sf_crypto_ossl.wipe(t->p + from + n, t->n - from - n);
	t->n = from + n;
	return true;
}

/* A log or a dump with descriptions in it, as chrome://webrtc-internals gives:
   these alone are taken from it. */
static bool
look_into_log(struct texts *t, size_t from, const char *name)
{
	struct sf_logsdp l = { 0 };
	bool good;

	(void)sf_logsdp_file(&l, name, 0);
	good = l.n > 0 && l.octets < SDP_MAX - from;
	if (good) {
		sf_crypto_ossl.wipe(t->p + from, t->n - from);
		memcpy(t->p + from, l.text, l.octets);
		t->n = from + l.octets;
		t->logs = true;
	}
	if (l.unread > 0)
		sf_complain(name,
		    "%" PRIu64 " session descriptions passed over, there is "
		    "room for %d",
		    l.unread, SF_SDP_DESCRIPTIONS);
	if (l.too_large > 0)
		sf_complain(name,
		    "%" PRIu64 " session descriptions passed over that are "
		    "above %zu KiB; give each in a file of its own",
		    l.too_large, SF_SDPLOG_OCTETS >> 10);
	sf_logsdp_wipe(&l);
	return good;
}

/* One file; false when it has told why not. */
static bool
add_file(struct texts *t, struct sf_sdp *sdp, const char *name)
{
	size_t from = t->n;
	struct sf_json_error e = { 0 };
	struct sf_diag d;
	bool large;

	if (!append_file(t, name))
		return false;
	large = t->n == SDP_MAX;
	if (!large && unwrap_json(t, from, &e) &&
	    sf_sdp_read(sdp, sf_bytes(t->p + from, t->n - from), &d) == SF_OK)
		return true;
	if (look_into_log(t, from, name))
		return true;
	if (large)
		sf_complain(name,
		    "session descriptions above %zu MiB in all; give those of "
		    "this call only",
		    SDP_MAX >> 20);
	else if (e.cause != NULL)
		sf_text_complain(name, sf_bytes(t->p + from, t->n - from), e.at,
		    "", e.cause, e.remedy);
	else
		sf_complain(name,
		    "no session description: there is no v= line (RFC 8866); "
		    "give the SDP text, the JSON that a browser makes of it, "
		    "or a log with it");
	return false;
}

enum sf_exit
sf_sdp_load(struct sf_sdp **out, const struct sf_texts *files,
    struct sf_srtp_entries *entries)
{
	enum sf_exit st = SF_EXIT_INPUT;
	struct sf_sdp *sdp;
	struct texts t = { 0 };
	struct sf_diag d;
	bool good = true;

	*out = NULL;
	if (files->n == 0)
		return SF_EXIT_OK;
	sdp = *out = calloc(1, sizeof(*sdp));
	t.p = malloc(SDP_MAX + 1);
	if (sdp == NULL || t.p == NULL) {
		sf_complain(NULL, "not enough memory for session descriptions");
		free(t.p);
		return SF_EXIT_INTERNAL;
	}
	for (unsigned i = 0; good && i < files->n; i++)
		good = add_file(&t, sdp, files->v[i]);
	if (good && sf_sdp_read(sdp, sf_bytes(t.p, t.n), &d) == SF_OK) {
		if (sdp->passed_over > 0)
			sf_complain(NULL,
			    "session descriptions: %" PRIu64
			    " media sections or SSRCs passed over, there is "
			    "room for %d and %d",
			    sdp->passed_over, SF_SDP_SECTIONS, SF_SDP_SSRCS);
		sdp->given = true;
		sdp->found = t.logs;
		sf_sdes_read(entries, sf_bytes(t.p, t.n));
		st = SF_EXIT_OK;
	}
	sf_crypto_ossl.wipe(t.p, t.n); /* a=crypto lines */
	free(t.p);
	return st;
}
