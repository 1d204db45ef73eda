#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SIZE = 1 << 20, MANY = 500, ROUNDS = 200000 };

static int
make(void **state)
{
	*state = arena_new(SIZE);
	return *state == NULL;
}

static int
drop(void **state)
{
	arena_free(*state);
	return 0;
}

static void *
allocate(void **state, size_t size)
{
	return arena_allocate(*state, NULL, 0, size);
}

static void
a_block_can_be_used_to_its_end(void **state)
{
	for (size_t size = 1; size < 3000; size++) {
		char *block = allocate(state, size);

		assert_non_null(block);
		assert_int_equal((uintptr_t)block % 16, 0);
		memset(block, 0xff, size);
		arena_allocate(*state, block, size, 0);
	}
	assert_int_equal(arena_used(*state), 0);
}

static void
what_was_given_back_is_one_piece_again(void **state)
{
	void *blocks[MANY];

	for (int i = 0; i < MANY; i++)
		blocks[i] = allocate(state, 1000);
	for (int i = 0; i < MANY; i += 2)
		arena_allocate(*state, blocks[i], 1000, 0);
	for (int i = 1; i < MANY; i += 2)
		arena_allocate(*state, blocks[i], 1000, 0);
	assert_int_equal(arena_used(*state), 0);
	assert_non_null(allocate(state, SIZE * 9 / 10));
}

static void
a_full_arena_says_so_and_recovers(void **state)
{
	void *list = NULL, *block;

	while ((block = allocate(state, 500)) != NULL) {
		*(void **)block = list;
		list = block;
	}
	assert_true(arena_used(*state) > SIZE * 9 / 10);
	assert_true(arena_used(*state) < SIZE);
	while (list != NULL) {
		block = *(void **)list;
		arena_allocate(*state, list, 500, 0);
		list = block;
	}
	assert_int_equal(arena_used(*state), 0);
}

static void
absurd_sizes_are_refused(void **state)
{
	void *block = allocate(state, 100);

	assert_null(allocate(state, SIZE));
	assert_null(allocate(state, (size_t)1 << 40));
	assert_null(allocate(state, SIZE_MAX));
	assert_null(arena_allocate(*state, block, 100, SIZE_MAX - 8));
	assert_null(arena_allocate(*state, block, 100, 0));
}

static void
a_block_that_cannot_grow_stays_as_it_was(void **state)
{
	char *block = allocate(state, 100);

	memset(block, 7, 100);
	assert_null(arena_allocate(*state, block, 100, SIZE - 100));
	for (int i = 0; i < 100; i++)
		assert_int_equal(block[i], 7);
}

static void
a_block_grows_into_the_free_place_behind_it(void **state)
{
	char *block = allocate(state, 100), *behind = allocate(state, 5000);

	allocate(state, 100);
	arena_allocate(*state, behind, 5000, 0);
	assert_ptr_equal(arena_allocate(*state, block, 100, 4000), block);
	assert_ptr_equal(arena_allocate(*state, block, 4000, 50), block);
	assert_non_null(allocate(state, 4900));
}

/* --- at random, against what every block must hold --- */

struct piece {
	unsigned char *bytes;
	size_t size;
	unsigned char fill;
};

static void
check(const struct piece *piece, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (piece->bytes[i] != piece->fill)
			fail_msg("byte %zu of %zu was lost", i, size);
}

static void
change(void **state, struct piece *piece, unsigned random)
{
	static const size_t limits[] = {40, 600, 5000, 60000};
	size_t size = random / 16 % limits[random % 4];
	size_t kept = size < piece->size ? size : piece->size;
	void *moved;

	if (random / 4 % 4 == 0)
		size = 0;
	moved = arena_allocate(*state, piece->bytes, piece->size, size);
	if (moved == NULL && size > 0)
		return; /* full */
	piece->bytes = moved;
	if (size > 0)
		check(piece, kept);
	piece->size = size;
	piece->fill = (unsigned char)(random >> 24);
	if (size > 0)
		memset(piece->bytes, piece->fill, size);
}

static void
blocks_keep_their_bytes_through_any_changes(void **state)
{
	struct piece pieces[MANY] = {{NULL, 0, 0}};
	unsigned random = 1;

	for (int round = 0; round < ROUNDS; round++) {
		struct piece *piece;

		random = random * 1664525 + 1013904223;
		piece = &pieces[random >> 8 & 0xff];
		check(piece, piece->size);
		change(state, piece, random);
	}
	for (int i = 0; i < MANY; i++) {
		check(&pieces[i], pieces[i].size);
		arena_allocate(*state, pieces[i].bytes, pieces[i].size, 0);
	}
	assert_int_equal(arena_used(*state), 0);
	assert_non_null(allocate(state, SIZE * 9 / 10));
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(a_block_can_be_used_to_its_end),
	    IN_ARENA(what_was_given_back_is_one_piece_again),
	    IN_ARENA(a_full_arena_says_so_and_recovers),
	    IN_ARENA(absurd_sizes_are_refused),
	    IN_ARENA(a_block_that_cannot_grow_stays_as_it_was),
	    IN_ARENA(a_block_grows_into_the_free_place_behind_it),
	    IN_ARENA(blocks_keep_their_bytes_through_any_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
