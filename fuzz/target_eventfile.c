/*
 * target_eventfile.c - sf_eventfile_read() and sf_event_time(): whatever the
 * text, either each event has a time, a name and one of two words, or a place
 * in the text is named.
 */
#include "engine/config/eventfile.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
expect_event(const struct sf_event *e)
{
	const char *end = memchr(e->participant, '\0', SF_PARTICIPANT_MAX);

	FUZZ_CHECK(end != NULL && end != e->participant);
	FUZZ_CHECK(e->what == SF_EVENT_JOIN || e->what == SF_EVENT_LEAVE);
	FUZZ_CHECK(e->from == SF_EVENT_TOLD && e->sender == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_events *events = malloc(sizeof(*events));
	char *exact = malloc(size == 0 ? 1 : size);
	struct sf_eventfile_error e;
	int64_t ns;

	FUZZ_CHECK(events != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	if (sf_eventfile_read(events, sf_bytes(exact, size), &e)) {
		FUZZ_CHECK(events->n <= SF_EVENTS_MAX);
		for (unsigned i = 0; i < events->n; i++)
			expect_event(&events->v[i]);
	} else {
		FUZZ_CHECK(e.cause != NULL && e.cause[0] != '\0');
		FUZZ_CHECK(e.remedy != NULL && e.at <= size);
		FUZZ_CHECK(memchr(e.place, '\0', sizeof(e.place)) != NULL);
	}
	if (sf_event_time(exact, size, &ns))
		FUZZ_CHECK(size > 0 && exact[0] >= '0' && exact[0] <= '9');
	free(exact);
	free(events);
	return 0;
}
