#include "engine/config/sdpjson.h"

#include <string.h>

struct reader {
	const struct sf_json *json;
	struct sf_json_error *error;
	char *out; /* NULL: only looks */
	size_t n;
};

static bool
stop(const struct reader *r, const struct cJSON *v, const char *cause,
    const char *remedy)
{
	*r->error =
	    (struct sf_json_error){ sf_json_place(r->json, v), cause, remedy };
	return false;
}

bool
sf_sdpjson_is(struct sf_bytes text)
{
	size_t at = 0;

	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < text.n && memchr(" \t\r\n", text.p[at], 4) != NULL)
		at++;
	return at < text.n && memchr("{[\"", text.p[at], 3) != NULL;
}

/* RFC 8866 5.1: there is one version. */
static bool
begins_one(const char *s)
{
	return strncmp(s, "v=0", 3) == 0 && (s[3] == '\r' || s[3] == '\n');
}

/* An escape is longer than what it stands for, and the two quotation marks
   leave room for a line end. */
static bool
take_text(struct reader *r, const struct cJSON *v)
{
	const char *s = sf_json_string(v);
	size_t n = strlen(s);

	if (!begins_one(s))
		return stop(r, v, "no session description",
		    "one begins with a line v=0 (RFC 8866)");
	if (r->out != NULL) {
		memcpy(r->out + r->n, s, n);
		if (s[n - 1] != '\n')
			r->out[r->n + n] = '\n';
	}
	r->n += n + (s[n - 1] != '\n');
	return true;
}

/* RTCSdpType of WebRTC 4.3.1; a rollback has no description. */
static bool
take_type(const struct reader *r, const struct cJSON *type)
{
	static const char *const types[] = { "offer", "answer", "pranswer" };
	const char *s = sf_json_string(type);

	for (size_t i = 0; s != NULL && i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(s, types[i]) == 0)
			return true;
	return stop(
	    r, type, "type is not offer, answer or pranswer", "leave it out");
}

static bool
is_one(const struct cJSON *v)
{
	const struct cJSON *sdp = sf_json_member(v, "sdp");

	return sf_json_string(v) != NULL ||
	       (sdp != NULL && sf_json_string(sdp) != NULL);
}

static bool
take_one(struct reader *r, const struct cJSON *v)
{
	const struct cJSON *type = sf_json_member(v, "type");

	if (!is_one(v))
		return stop(r, v, "no session description",
		    "give {\"type\": ..., \"sdp\": \"v=0...\"}, an array of "
		    "such, or an object whose members are such");
	if (type != NULL && !take_type(r, type))
		return false;
	return take_text(
	    r, sf_json_string(v) != NULL ? v : sf_json_member(v, "sdp"));
}

static bool
take_all(struct reader *r)
{
	const struct cJSON *root = r->json->root;
	enum sf_json_kind kind = sf_json_kind(root);

	r->n = 0;
	if (is_one(root) || (kind != SF_JSON_ARRAY && kind != SF_JSON_OBJECT))
		return take_one(r, root);
	for (const struct cJSON *v = sf_json_first(root); v != NULL;
	     v = sf_json_next(v))
		if (sf_json_kind(v) != SF_JSON_NULL && !take_one(r, v))
			return false;
	return r->n > 0 || stop(r, root, "no session description in it", "");
}

bool
sf_sdpjson_read(char *text, size_t *n, struct sf_json_error *error)
{
	struct sf_json j;
	struct reader r = { .json = &j, .error = error };
	bool good;

	if (!sf_json_read(&j, sf_bytes(text, *n), error))
		return false;
	good = take_all(&r);
	if (good) {
		r.out = text;
		good = take_all(&r);
		*n = r.n;
	}
	sf_json_wipe(&j);
	return good;
}
