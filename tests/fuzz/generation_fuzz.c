/*
 * A generation whose bytes are not what they were: whatever its numbers say,
 * nothing is read outside of it.
 *
 * The bytes are changes to a good one, of five bytes each: which word, and what
 * it becomes.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "generation.h"
#include "generation_writer.h"

enum { CHANGE = 5, LARGEST = 65536, HEADER_WORDS = 64 };

static char good[LARGEST];
static size_t good_len;

static void
make_good(void)
{
	struct generation_writer *writer = generation_writer_new();
	struct listed_worker worker = {
	    .name = "w", .url = "u", .host = "h", .port = 1};
	uint32_t packages[3];
	int file = generation_file();

	generation_write_policy(writer, "p.lua", "return {}", 9, "{}");
	generation_write_module(writer, "picket.a", "a.lua", "return 1", 8);
	generation_write_worker(writer, &worker);
	packages[0] = generation_write_package(writer, "large", 5);
	packages[1] = generation_write_package(writer, "small", 5);
	generation_write_function(writer, "f", 1, packages, 2);
	generation_write_function(writer, "other", 5, packages + 1, 1);
	MUST(generation_write_out(writer, file));
	generation_writer_free(writer);
	good_len = (size_t)pread(file, good, sizeof(good), 0);
	MUST(good_len > 0 && good_len < sizeof(good));
	close(file);
}

static uint32_t
word_at(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* The header's words come first; the others are counted from the end, since
 * the middle is a configuration. */
static void
change(char *bytes, const uint8_t *with)
{
	size_t words = good_len / 4, word = with[0];
	uint32_t value = word_at(with + 1);

	if (word >= HEADER_WORDS)
		word = words - 1 - (word - HEADER_WORDS);
	memcpy(bytes + word * 4, &value, sizeof(value));
}

static int
seal(const char *bytes, size_t len)
{
	int file = generation_file();

	MUST(write(file, bytes, len) == (ssize_t)len);
	MUST(fcntl(file, F_ADD_SEALS,
		 F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	return file;
}

static size_t sum; /* of all bytes read, so that they are */

static void
look_at(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (unsigned char)text[i];
	sum += strlen(text);
}

static void
look_at_functions(const struct generation *generation)
{
	int count = generation_function_count(generation);

	for (int i = 0; i < count && i < 100; i++) {
		int packages = generation_package_count(generation, i);

		look_at(generation_function_name(generation, i), 0);
		for (int j = 0; j < packages && j < 100; j++) {
			look_at(generation_package(generation, i, j), 0);
			sum += generation_package_hash(generation, i, j);
		}
	}
	sum += (size_t)generation_find_function(generation, "f", 1);
	sum += (size_t)generation_find_function(generation, "other", 5);
	sum += (size_t)generation_find_function(
	    generation, "not there, and rather long", 26);
}

static void
look_at_all(const struct generation *generation)
{
	const char *path = NULL, *text;
	size_t len;

	look_at(generation_policy_path(generation), 0);
	text = generation_policy_source(generation, &len);
	look_at(text, len);
	text = generation_policy_options(generation, &len);
	look_at(text, len);
	text = generation_module(generation, "picket.a", &len, &path);
	if (text != NULL) {
		look_at(text, len);
		look_at(path, 0);
	}
	for (int i = 0; i < generation_worker_count(generation) && i < 9; i++)
		sum += (size_t)generation_worker(generation, i)->port;
	look_at_functions(generation);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[LARGEST];
	struct generation *generation;
	const char *reason;
	int file;

	if (good_len == 0)
		make_good();
	memcpy(bytes, good, good_len);
	for (size_t at = 0; at + CHANGE <= size; at += CHANGE)
		change(bytes, data + at);
	file = seal(bytes, good_len);
	generation = generation_open(file, &reason);
	close(file);
	if (generation != NULL)
		look_at_all(generation);
	else
		MUST(reason != NULL);
	generation_close(generation);
	return 0;
}
