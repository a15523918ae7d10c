/*
 * keys.c - the keys of --keys.
 */
#include "cli/keys.h"

#include <stdlib.h>
#include <string.h>

#include "cli/hex.h"
#include "cli/output.h"
#include "cli/secret.h"

#define TEXT_MAX ((size_t)4 << 20)

static bool
read_keyfile(void *ctx, const char *name, struct sf_bytes text)
{
	struct sf_keyfile_error e;

	if (sf_keyfile_read(ctx, text, &e))
		return true;
	sf_secret_complain(name, text, &e);
	return false;
}

/* ---- the other options --------------------------------------------------- */

static enum sf_exit
wrong_use(const char *message)
{
	sf_complain(NULL, "%s", message);
	return SF_EXIT_USAGE;
}

static bool
same_scheme(const struct sf_keyfile *k, const struct sf_kid_option *o)
{
	switch (k->scheme) {
	case SF_SCHEME_RAW:
		return o->scheme == SF_KID_RAW;
	case SF_SCHEME_SENDER:
		return o->scheme == SF_KID_SENDER && o->a == k->ratchet_bits;
	case SF_SCHEME_MLS:
		break;
	}
	return o->scheme == SF_KID_MLS && o->a == k->epoch_bits &&
	       o->b == k->sender_bits;
}

/* Epochs name the keys of MLS, so a file for it says that it is one. */
static enum sf_exit
apply_scheme(struct sf_keyfile *k, const struct sf_kid_option *o)
{
	if (o->scheme == SF_KID_UNSAID || same_scheme(k, o))
		return SF_EXIT_OK;
	if (k->scheme_given)
		return wrong_use("--kid-scheme is not that of the key file; "
				 "leave one out");
	if (o->scheme == SF_KID_MLS)
		return wrong_use("--kid-scheme mls does not fit keys that "
				 "have KIDs; write kid_scheme into the key "
				 "file, and epochs");
	k->scheme = SF_SCHEME_SENDER;
	k->ratchet_bits = o->a;
	return SF_EXIT_OK;
}

static enum sf_exit
apply_options(struct sf_keyfile *k, const struct sf_config *c)
{
	const struct sf_suite *suite =
	    c->suite == NULL ? NULL : sf_suite_by_name(c->suite);
	const char *wrong = NULL;

	if (c->suite != NULL && suite == NULL)
		return wrong_use("--suite: there is no such cipher suite; see "
				 "list suites");
	for (size_t i = 0; suite != NULL && i < k->n; i++)
		k->keys[i].suite = suite->id;
	if (c->metadata != NULL)
		wrong = sf_hex_read(c->metadata, k->metadata,
		    sizeof(k->metadata), &k->n_metadata);
	if (wrong != NULL) {
		sf_complain(NULL, "--metadata: %s", wrong);
		return SF_EXIT_USAGE;
	}
	if (c->per_ssrc_keys)
		k->per_ssrc_keys = true;
	return apply_scheme(k, &c->kid);
}

/* True when something else is to be read from standard input, too. */
static bool
input_is_taken(const struct sf_config *c)
{
	bool frames = c->command == SF_CMD_seal || c->command == SF_CMD_open;
	bool taken = frames && c->operands.n == 0;

	for (unsigned i = 0; !frames && i < c->operands.n; i++)
		taken = taken || strcmp(c->operands.v[i], "-") == 0;
	for (unsigned i = 0; i < c->sdp.n; i++)
		taken = taken || strcmp(c->sdp.v[i], "-") == 0;
	return taken;
}

enum sf_exit
sf_keyfile_load(struct sf_keyfile **out, const struct sf_config *c)
{
	struct sf_keyfile *k;
	enum sf_exit st;

	*out = NULL;
	if (sf_secret_is_standard_input(c->keys) && input_is_taken(c))
		return wrong_use("--keys: standard input has something else; "
				 "give a file, or fd:N");
	k = calloc(1, sizeof(*k));
	if (k == NULL) {
		sf_complain(NULL, "not enough memory for keys");
		return SF_EXIT_INTERNAL;
	}
	st = sf_secret_load(c->keys, TEXT_MAX, read_keyfile, k);
	if (st == SF_EXIT_OK)
		st = apply_options(k, c);
	if (st == SF_EXIT_OK)
		*out = k;
	else
		sf_keyfile_drop(k);
	return st;
}

void
sf_keyfile_drop(struct sf_keyfile *k)
{
	if (k != NULL)
		sf_keyfile_wipe(k, &sf_crypto_ossl);
	free(k);
}
