#include "generation.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "generation_format.h"
#include "generation_writer.h"
#include "worker.h"
#include "xmalloc.h"

/* --- what a whole one says --- */

static struct generation_writer *
fill(void)
{
	struct generation_writer *writer = generation_writer_new();
	struct listed_worker worker = {
	    .name = "one", .url = "http://h:1", .host = "h", .port = 1};
	uint32_t numbers[2];

	generation_writer_config(writer)->processes = 3;
	generation_write_policy(writer, "a/b.lua", "return {}", 9, "{x=1}");
	generation_write_module(writer, "picket.a", "lib/a.lua", "A\0A", 3);
	generation_write_module(writer, "picket.b", "lib/b.lua", "B", 1);
	generation_write_worker(writer, &worker);
	numbers[0] = generation_write_package(writer, "numpy", 5);
	numbers[1] = generation_write_package(writer, "pillow", 6);
	generation_write_function(writer, "thumb", 5, numbers, 2);
	generation_write_function(writer, "plain", 5, NULL, 0);
	generation_write_function(writer, "resize", 6, numbers + 1, 1);
	return writer;
}

static int
write_out(struct generation_writer *writer)
{
	int fd = generation_file();

	assert_true(fd >= 0);
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	return fd;
}

static int
make(void **state)
{
	const char *reason;
	int fd = write_out(fill());

	*state = generation_open(fd, &reason);
	close(fd);
	return *state == NULL;
}

static int
drop(void **state)
{
	generation_close(*state);
	return 0;
}

static void
the_configuration_comes_back(void **state)
{
	assert_int_equal(generation_config(*state)->processes, 3);
}

static void
the_policy_comes_back(void **state)
{
	size_t len;

	assert_string_equal(generation_policy_path(*state), "a/b.lua");
	assert_string_equal(
	    generation_policy_source(*state, &len), "return {}");
	assert_int_equal(len, 9);
	assert_string_equal(generation_policy_options(*state, &len), "{x=1}");
	assert_int_equal(len, 5);
}

static void
a_module_is_found_by_its_name(void **state)
{
	const char *path;
	size_t len;

	assert_memory_equal(
	    generation_module(*state, "picket.a", &len, &path), "A\0A", 4);
	assert_int_equal(len, 3);
	assert_string_equal(path, "lib/a.lua");
	assert_string_equal(
	    generation_module(*state, "picket.b", &len, &path), "B");
	assert_null(generation_module(*state, "picket.c", &len, &path));
}

static void
listed_workers_come_back_in_order(void **state)
{
	assert_int_equal(generation_worker_count(*state), 1);
	assert_string_equal(generation_worker(*state, 0)->url, "http://h:1");
	assert_null(generation_worker(*state, 1));
	assert_null(generation_worker(*state, -1));
}

static void
a_function_is_found_by_its_whole_name(void **state)
{
	assert_int_equal(generation_function_count(*state), 3);
	assert_int_equal(generation_find_function(*state, "thumb", 5), 0);
	assert_int_equal(generation_find_function(*state, "resize", 6), 2);
	assert_int_equal(generation_find_function(*state, "resized", 6), 2);
	assert_int_equal(generation_find_function(*state, "resize", 5), -1);
	assert_int_equal(generation_find_function(*state, "", 0), -1);
	assert_string_equal(generation_function_name(*state, 1), "plain");
}

static void
packages_come_in_the_order_given(void **state)
{
	assert_int_equal(generation_package_count(*state, 0), 2);
	assert_string_equal(generation_package(*state, 0, 0), "numpy");
	assert_string_equal(generation_package(*state, 0, 1), "pillow");
	assert_int_equal(generation_package_count(*state, 1), 0);
	assert_string_equal(generation_package(*state, 2, 0), "pillow");
	assert_int_equal(generation_package_hash(*state, 2, 0),
	    worker_hash_package("pillow", 6));
}

static void
numbers_that_name_nothing_are_harmless(void **state)
{
	static const int wrong[] = {-2, -1, 3, 1 << 30};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		int number = wrong[i];

		assert_string_equal(
		    generation_function_name(*state, number), "");
		assert_int_equal(generation_package_count(*state, number), 0);
		assert_string_equal(generation_package(*state, number, 0), "");
		assert_string_equal(generation_package(*state, 0, number), "");
		assert_int_equal(generation_package_hash(*state, 0, number), 0);
	}
}

static void
every_one_of_many_functions_is_found(void **state)
{
	enum { MANY = 5000 };
	struct generation_writer *writer = generation_writer_new();
	struct generation *generation;
	const char *reason;
	char name[32];
	int fd;

	(void)state;
	for (int i = 0; i < MANY; i++)
		generation_write_function(writer, name,
		    (size_t)snprintf(name, sizeof(name), "function-%d", i),
		    NULL, 0);
	fd = write_out(writer);
	generation = generation_open(fd, &reason);
	assert_non_null(generation);
	for (int i = 0; i < MANY; i++) {
		int len = snprintf(name, sizeof(name), "function-%d", i);

		assert_int_equal(
		    generation_find_function(generation, name, (size_t)len), i);
	}
	assert_int_equal(generation_find_function(generation, "absent", 6), -1);
	generation_close(generation);
	close(fd);
}

/* --- what is refused --- */

static void
assert_refused(int fd, const char *expected)
{
	const char *reason = NULL;

	assert_null(generation_open(fd, &reason));
	assert_string_equal(reason, expected);
}

static void
a_written_generation_cannot_be_changed(void **state)
{
	int fd = write_out(fill());

	(void)state;
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	close(fd);
}

static void
a_file_that_is_not_sealed_is_refused(void **state)
{
	int fd = generation_file();

	(void)state;
	assert_refused(fd, "it is not sealed");
	assert_refused(STDERR_FILENO, "it is not sealed");
	close(fd);
}

/* A sealed copy of a generation that `spoil` was at. */
static int
spoiled(void (*spoil)(struct generation_header *, char *bytes), size_t size)
{
	int from = write_out(fill()), to = generation_file();
	size_t len = (size_t)lseek(from, 0, SEEK_END);
	char *bytes = xmalloc(len);

	assert_int_equal(pread(from, bytes, len, 0), len);
	if (spoil != NULL)
		spoil((void *)bytes, bytes);
	len = size != 0 && size < len ? size : len;
	assert_int_equal(pwrite(to, bytes, len, 0), len);
	fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK);
	free(bytes);
	close(from);
	return to;
}

static void
spoil_magic(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->magic[0] = 'P';
}

static void
spoil_entry_size(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->sections[SECTION_CONFIG].size--;
}

static void
spoil_offset(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->sections[SECTION_WORKERS].offset = ~(uint64_t)7;
}

static void
spoil_count(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->sections[SECTION_TEXT].count = 0xffffffff;
}

static void
spoil_config_count(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->sections[SECTION_CONFIG].count = 0;
}

static void
spoil_buckets(struct generation_header *header, char *bytes)
{
	(void)bytes;
	header->sections[SECTION_BUCKETS].count = 3;
}

static void
spoil_last_byte(struct generation_header *header, char *bytes)
{
	const struct section *text = &header->sections[SECTION_TEXT];

	bytes[text->offset + text->count - 1] = 'x';
}

static void
a_file_that_is_not_whole_is_refused(void **state)
{
	static const struct {
		void (*spoil)(struct generation_header *, char *);
		size_t size;
		const char *reason;
	} rows[] = {
	    {NULL, 1, "it is too short"},
	    {NULL, 500, "its size is wrong"},
	    {spoil_magic, 0, "it is not a generation"},
	    {spoil_entry_size, 0, "it was made by another version of picket"},
	    {spoil_offset, 0, "it was made by another version of picket"},
	    {spoil_count, 0, "it was made by another version of picket"},
	    {spoil_config_count, 0, "it is not complete"},
	    {spoil_buckets, 0, "it is not complete"},
	    {spoil_last_byte, 0, "it is not complete"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int fd = spoiled(rows[i].spoil, rows[i].size);

		assert_refused(fd, rows[i].reason);
		close(fd);
	}
}

/* Every number within the registry's sections points to nowhere. */
static void
spoil_registry(struct generation_header *header, char *bytes)
{
	for (int number = SECTION_FUNCTIONS; number < SECTION_TEXT; number++) {
		const struct section *section = &header->sections[number];

		memset(bytes + section->offset, 0xff,
		    (size_t)section->count * section->size);
	}
}

static void
wrong_numbers_inside_lead_nowhere(void **state)
{
	int fd = spoiled(spoil_registry, 0);
	const char *reason;
	struct generation *generation = generation_open(fd, &reason);

	(void)state;
	assert_non_null(generation);
	assert_int_equal(generation_find_function(generation, "thumb", 5), -1);
	assert_string_equal(generation_function_name(generation, 0), "");
	assert_string_equal(generation_package(generation, 0, 0), "");
	assert_string_equal(generation_package(generation, 0, 7), "");
	generation_close(generation);
	close(fd);
}

#define WHOLE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WHOLE(the_configuration_comes_back),
	    WHOLE(the_policy_comes_back),
	    WHOLE(a_module_is_found_by_its_name),
	    WHOLE(listed_workers_come_back_in_order),
	    WHOLE(a_function_is_found_by_its_whole_name),
	    WHOLE(packages_come_in_the_order_given),
	    WHOLE(numbers_that_name_nothing_are_harmless),
	    cmocka_unit_test(every_one_of_many_functions_is_found),
	    cmocka_unit_test(a_written_generation_cannot_be_changed),
	    cmocka_unit_test(a_file_that_is_not_sealed_is_refused),
	    cmocka_unit_test(a_file_that_is_not_whole_is_refused),
	    cmocka_unit_test(wrong_numbers_inside_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
