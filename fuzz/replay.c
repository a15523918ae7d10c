/*
 * replay.c - main() for a target without an engine: runs it on every file
 * named. Exits 2 when a file cannot be read.
 */
#include "fuzz/fuzz.h"

#include <string.h>

/* The target gets memory of exactly the size: one octet too many is then seen
   by a sanitizer. What it was given has to stay as it was. */
static void
run(const uint8_t *octets, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);

	FUZZ_CHECK(exact != NULL);
	if (size != 0)
		memcpy(exact, octets, size);
	LLVMFuzzerTestOneInput(exact, size);
	FUZZ_CHECK(memcmp(exact, octets, size) == 0);
	free(exact);
}

/* The whole file in memory of its own, or NULL; *size gets its octets. */
static uint8_t *
read_all(FILE *f, size_t *size)
{
	size_t room = 4096;
	size_t n = 0;
	uint8_t *octets = malloc(room);

	while (octets != NULL) {
		uint8_t *larger;

		n += fread(octets + n, 1, room - n, f);
		if (n < room)
			break;
		larger = realloc(octets, room * 2);
		if (larger == NULL)
			free(octets);
		octets = larger;
		room *= 2;
	}
	if (octets != NULL && ferror(f)) {
		free(octets);
		octets = NULL;
	}
	*size = n;
	return octets;
}

static int
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *octets = NULL;
	size_t size = 0;

	if (f != NULL)
		octets = read_all(f, &size);
	if (octets == NULL) {
		perror(path);
	} else {
		run(octets, size);
		free(octets);
	}
	if (f != NULL)
		fclose(f);
	return octets == NULL ? 2 : 0;
}

int
main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc && status == 0; i++)
		status = replay(argv[i]);
	return status;
}
