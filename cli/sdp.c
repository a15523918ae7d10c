/*
 * sdp.c - the session descriptions of --sdp.
 */
#include "cli/sdp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"
#include "cli/textfile.h"
#include "engine/config/sdpjson.h"
#include "engine/crypto/crypto.h"
#include "engine/srtp/sdes.h"

#define SDP_MAX ((size_t)4 << 20) /* octets of all session descriptions */

/* Adds a file to text, and a line end when it has none. */
static bool
append_file(const char *name, char *text, size_t *at)
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
		*at += fread(text + *at, 1, SDP_MAX - *at, f);
	if (errno != 0 || ferror(f)) {
		sf_complain(name, "cannot be read: %s", strerror(errno));
		good = false;
	} else if (*at == SDP_MAX) {
		sf_complain(name,
		    "session descriptions above %zu MiB in all; "
		    "give those of this call only",
		    SDP_MAX >> 20);
		good = false;
	} else if (*at > 0 && text[*at - 1] != '\n') {
		text[(*at)++] = '\n';
	}
	if (f != stdin)
		fclose(f);
	return good;
}

/* Says so when a file holds no session description. */
static bool
read_one(struct sf_sdp *sdp, const char *name, struct sf_bytes text)
{
	struct sf_diag d;

	if (sf_sdp_read(sdp, text, &d) == SF_OK)
		return true;
	sf_complain(name,
	    "no session description: there is no v= line (RFC 8866); give the "
	    "SDP text, or the JSON that a browser makes of it");
	return false;
}

/* The descriptions inside take the place of JSON around them. */
static bool
unwrap_json(const char *name, char *text, size_t from, size_t *at)
{
	size_t n = *at - from;
	struct sf_json_error e;

	if (!sf_sdpjson_is(sf_bytes(text + from, n)))
		return true;
	if (!sf_sdpjson_read(text + from, &n, &e)) {
		sf_text_complain(name, sf_bytes(text + from, n), e.at, "",
		    e.cause, e.remedy);
		return false;
	}
	sf_crypto_ossl.wipe(text + from + n, *at - from - n);
	*at = from + n;
	return true;
}

enum sf_exit
sf_sdp_load(struct sf_sdp **out, const struct sf_texts *files,
    struct sf_srtp_entries *entries)
{
	enum sf_exit st = SF_EXIT_INPUT;
	struct sf_sdp *sdp;
	char *text;
	size_t at = 0;

	*out = NULL;
	if (files->n == 0)
		return SF_EXIT_OK;
	sdp = *out = calloc(1, sizeof(*sdp));
	text = malloc(SDP_MAX + 1);
	if (sdp == NULL || text == NULL) {
		sf_complain(NULL, "not enough memory for session descriptions");
		st = SF_EXIT_INTERNAL;
		goto out;
	}
	for (unsigned i = 0; i < files->n; i++) {
		size_t from = at;

		if (!append_file(files->v[i], text, &at) ||
		    !unwrap_json(files->v[i], text, from, &at) ||
		    !read_one(
			sdp, files->v[i], sf_bytes(text + from, at - from)))
			goto out;
	}
	if (!read_one(sdp, files->v[0], sf_bytes(text, at)))
		goto out;
	if (sdp->passed_over > 0)
		sf_complain(NULL,
		    "session descriptions: %" PRIu64 " media sections or SSRCs "
		    "passed over, there is room for %d and %d",
		    sdp->passed_over, SF_SDP_SECTIONS, SF_SDP_SSRCS);
	sf_sdes_read(entries, sf_bytes(text, at));
	st = SF_EXIT_OK;
out:
	if (text != NULL)
		sf_crypto_ossl.wipe(text, at); /* a=crypto lines */
	free(text);
	return st;
}
