#include "cli/srtp.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/output.h"
#include "cli/secret.h"
#include "engine/config/srtpkeys.h"

#define KEYS_MAX   ((size_t)4 << 20)
#define KEYLOG_MAX ((size_t)64 << 20)

bool
sf_srtp_run_init(struct sf_srtp_run *r)
{
	*r = (struct sf_srtp_run){ .srtp = sf_srtp_new(
				       &sf_srtp_crypto_ossl, SF_SRTP_TRIES) };
	r->entries = calloc(1, sizeof(*r->entries));
	if (r->srtp != NULL)
		r->dtls = sf_dtls_new(r->srtp);
	return r->dtls != NULL && r->entries != NULL;
}

static void
drop_entries(struct sf_srtp_run *r)
{
	if (r->entries != NULL)
		sf_crypto_ossl.wipe(r->entries, sizeof(*r->entries));
	free(r->entries);
	r->entries = NULL;
}

void
sf_srtp_run_wipe(struct sf_srtp_run *r)
{
	drop_entries(r);
	sf_dtls_free(r->dtls);
	sf_srtp_free(r->srtp);
	*r = (struct sf_srtp_run){ .srtp = NULL };
}

static bool
read_keys(void *ctx, const char *name, struct sf_bytes text)
{
	struct sf_srtp_run *r = ctx;
	struct sf_keyfile_error e;

	if (sf_srtpkeys_read(r->entries, text, &e))
		return true;
	sf_secret_complain(name, text, &e);
	return false;
}

static bool
read_keylog(void *ctx, const char *name, struct sf_bytes text)
{
	struct sf_srtp_run *r = ctx;
	struct sf_dtls_facts f;

	if (!sf_dtls_secrets(r->dtls, text)) {
		sf_complain(name, "not enough memory for a key log");
		return false;
	}
	f = sf_dtls_facts_of(r->dtls);
	if (f.secrets == 0) {
		sf_complain(name,
		    "no secret that SRTP keys follow from: wanted are lines "
		    "of CLIENT_RANDOM (DTLS 1.2) or EXPORTER_SECRET (DTLS "
		    "1.3) as SSLKEYLOGFILE has them");
		return false;
	}
	if (f.bad_secrets > 0)
		sf_complain(name,
		    "warning: %" PRIu64 " line%s of secrets damaged and left "
		    "out",
		    f.bad_secrets, f.bad_secrets == 1 ? " is" : "s are");
	return true;
}

/* What SDES offered, and is of no use, matters only when nothing else is. */
static void
tell_of_entries(const struct sf_srtp_entries *e, const struct sf_config *c)
{
	if (e->unusable > 0 && e->n == 0 && c->srtp_keys == NULL)
		sf_complain(NULL,
		    "--sdp: none of %" PRIu64 " a=crypto line%s can be used "
		    "(an unknown suite, a key of another length, KDR or "
		    "UNAUTHENTICATED_SRTP)",
		    e->unusable, e->unusable == 1 ? "" : "s");
	if (e->passed_over > 0)
		sf_complain(NULL,
		    "%" PRIu64 " SRTP keys passed over, there is room for %d",
		    e->passed_over, SF_SRTP_ENTRIES);
}

enum sf_exit
sf_srtp_run_load(struct sf_srtp_run *r, const struct sf_config *c)
{
	enum sf_exit st = SF_EXIT_OK;

	if (c->srtp_keys != NULL)
		st = sf_secret_load(c->srtp_keys, KEYS_MAX, read_keys, r);
	if (st == SF_EXIT_OK && c->keylog != NULL)
		st = sf_secret_load(c->keylog, KEYLOG_MAX, read_keylog, r);
	tell_of_entries(r->entries, c);
	for (size_t i = 0; st == SF_EXIT_OK && i < r->entries->n; i++)
		if (!sf_srtp_add(r->srtp, &r->entries->v[i])) {
			sf_complain(NULL, "not enough memory for SRTP keys");
			st = SF_EXIT_INTERNAL;
		}
	if (r->entries->elements)
		sf_srtp_note_elements(r->srtp);
	drop_entries(r);
	return st;
}
