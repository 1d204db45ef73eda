/*
 * Reads a generation.  [every process]
 *
 * The file is sealed, so what was checked when it was opened stays true.  The
 * sections are checked there, the numbers within them on use: a registry of a
 * hundred thousand functions is opened in no time, and no number, however
 * wrong, leads out of the file.
 */
#include "generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "generation_format.h"
#include "xmalloc.h"

struct generation {
	const char *base;
	size_t size;
	const struct generation_header *header;
};

const uint32_t generation_entry_size[SECTION_COUNT] = {
    [SECTION_CONFIG] = sizeof(struct config),
    [SECTION_POLICY] = sizeof(struct policy_entry),
    [SECTION_MODULES] = sizeof(struct module_entry),
    [SECTION_WORKERS] = sizeof(struct listed_worker),
    [SECTION_FUNCTIONS] = sizeof(struct function_entry),
    [SECTION_REFERENCES] = sizeof(uint32_t),
    [SECTION_PACKAGES] = sizeof(struct package_entry),
    [SECTION_BUCKETS] = sizeof(struct bucket),
    [SECTION_TEXT] = sizeof(char),
};

/* --- opening --- */

static const char *
map_file(struct generation *generation, int fd)
{
	int sealed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status;
	void *base;

	if (seals == -1 || (seals & sealed) != sealed)
		return "it is not sealed";
	if (fstat(fd, &status) == -1)
		return strerror(errno);
	generation->size = (size_t)status.st_size;
	if (generation->size < sizeof(struct generation_header))
		return "it is too short";
	base = mmap(NULL, generation->size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return strerror(errno);
	generation->base = base;
	generation->header = base;
	return NULL;
}

static bool
section_is_sound(const struct generation *generation, int number)
{
	const struct section *section = &generation->header->sections[number];
	uint64_t bytes = (uint64_t)section->count * section->size;

	return section->size == generation_entry_size[number] &&
	       section->offset % 8 == 0 &&
	       section->offset <= generation->size &&
	       bytes <= generation->size - section->offset;
}

static uint32_t
count_of(const struct generation *generation, enum generation_section section)
{
	return generation->header->sections[section].count;
}

/* NULL when there is no such entry. */
static const void *
entry_at(const struct generation *generation, enum generation_section number,
    uint32_t index)
{
	const struct section *section = &generation->header->sections[number];

	if (index >= section->count)
		return NULL;
	return generation->base + section->offset +
	       (size_t)index * section->size;
}

static const char *
check_sections(const struct generation *generation)
{
	const struct generation_header *header = generation->header;
	uint32_t text_len, buckets;
	const char *last;

	if (memcmp(header->magic, GENERATION_MAGIC, sizeof(header->magic)) != 0)
		return "it is not a generation";
	if (header->size != generation->size)
		return "its size is wrong";
	for (int number = 0; number < SECTION_COUNT; number++)
		if (!section_is_sound(generation, number))
			return "it was made by another version of picket";
	text_len = count_of(generation, SECTION_TEXT);
	buckets = count_of(generation, SECTION_BUCKETS);
	if (count_of(generation, SECTION_CONFIG) != 1 ||
	    count_of(generation, SECTION_POLICY) != 1 || text_len == 0 ||
	    (buckets & (buckets - 1)) != 0)
		return "it is not complete";
	last = entry_at(generation, SECTION_TEXT, text_len - 1);
	return *last == '\0' ? NULL : "it is not complete";
}

struct generation *
generation_open(int fd, const char **reason)
{
	struct generation *generation = xcalloc(1, sizeof(*generation));

	*reason = map_file(generation, fd);
	if (*reason == NULL)
		*reason = check_sections(generation);
	if (*reason == NULL)
		return generation;
	generation_close(generation);
	return NULL;
}

void
generation_close(struct generation *generation)
{
	if (generation == NULL)
		return;
	if (generation->base != NULL)
		munmap((void *)generation->base, generation->size);
	free(generation);
}

const struct config *
generation_config(const struct generation *generation)
{
	return entry_at(generation, SECTION_CONFIG, 0);
}

/* --- text --- */

static const char *
text_at(const struct generation *generation, struct text text, size_t *len)
{
	uint32_t total = count_of(generation, SECTION_TEXT);
	bool inside = text.offset < total && text.len < total - text.offset;

	if (len != NULL)
		*len = inside ? text.len : 0;
	return inside ? entry_at(generation, SECTION_TEXT, text.offset) : "";
}

static const struct policy_entry *
policy_of(const struct generation *generation)
{
	return entry_at(generation, SECTION_POLICY, 0);
}

const char *
generation_policy_path(const struct generation *generation)
{
	return text_at(generation, policy_of(generation)->path, NULL);
}

const char *
generation_policy_source(const struct generation *generation, size_t *len)
{
	return text_at(generation, policy_of(generation)->source, len);
}

const char *
generation_policy_options(const struct generation *generation, size_t *len)
{
	return text_at(generation, policy_of(generation)->options, len);
}

const char *
generation_module(const struct generation *generation, const char *name,
    size_t *len, const char **path)
{
	uint32_t count = count_of(generation, SECTION_MODULES);

	for (uint32_t i = 0; i < count; i++) {
		const struct module_entry *module = entry_at(
		    generation, SECTION_MODULES, i);

		if (strcmp(text_at(generation, module->name, NULL), name) != 0)
			continue;
		*path = text_at(generation, module->path, NULL);
		return text_at(generation, module->source, len);
	}
	return NULL;
}

/* --- workers --- */

int
generation_worker_count(const struct generation *generation)
{
	return (int)count_of(generation, SECTION_WORKERS);
}

const struct listed_worker *
generation_worker(const struct generation *generation, int index)
{
	return entry_at(generation, SECTION_WORKERS, (uint32_t)index);
}

/* --- registry --- */

int
generation_function_count(const struct generation *generation)
{
	return (int)count_of(generation, SECTION_FUNCTIONS);
}

static const struct function_entry *
function_at(const struct generation *generation, int function)
{
	return entry_at(generation, SECTION_FUNCTIONS, (uint32_t)function);
}

static bool
is_named(const struct generation *generation, uint32_t function,
    const char *name, size_t len)
{
	const struct function_entry *entry = entry_at(
	    generation, SECTION_FUNCTIONS, function);
	const char *own;
	size_t own_len;

	if (entry == NULL)
		return false;
	own = text_at(generation, entry->name, &own_len);
	return own_len == len && memcmp(own, name, len) == 0;
}

int
generation_find_function(
    const struct generation *generation, const char *name, size_t len)
{
	uint32_t count = count_of(generation, SECTION_BUCKETS);
	uint32_t hash = generation_hash_name(name, len);

	for (uint32_t i = 0; i < count; i++) {
		const struct bucket *bucket = entry_at(
		    generation, SECTION_BUCKETS, (hash + i) & (count - 1));

		if (bucket->function == 0)
			break;
		if (bucket->hash == hash &&
		    is_named(generation, bucket->function - 1, name, len))
			return (int)bucket->function - 1;
	}
	return -1;
}

const char *
generation_function_name(const struct generation *generation, int function)
{
	const struct function_entry *entry = function_at(generation, function);

	return entry != NULL ? text_at(generation, entry->name, NULL) : "";
}

int
generation_package_count(const struct generation *generation, int function)
{
	const struct function_entry *entry = function_at(generation, function);

	return entry != NULL ? (int)entry->count : 0;
}

static const struct package_entry *
package_at(const struct generation *generation, int function, int index)
{
	const struct function_entry *entry = function_at(generation, function);
	const uint32_t *number;

	if (entry == NULL || (uint32_t)index >= entry->count)
		return NULL;
	number = entry_at(
	    generation, SECTION_REFERENCES, entry->first + (uint32_t)index);
	return number != NULL ? entry_at(generation, SECTION_PACKAGES, *number)
			      : NULL;
}

const char *
generation_package(const struct generation *generation, int function, int index)
{
	const struct package_entry *package = package_at(
	    generation, function, index);

	return package != NULL ? text_at(generation, package->name, NULL) : "";
}

uint32_t
generation_package_hash(
    const struct generation *generation, int function, int index)
{
	const struct package_entry *package = package_at(
	    generation, function, index);

	return package != NULL ? package->hash : 0;
}
