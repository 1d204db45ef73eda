/*
 * Intrusive doubly linked lists.  [every process]
 *
 * A link that is in no list points to itself, so that list_remove() may be
 * called on it at any time and moving needs no knowledge of the list it is in.
 * "Each state corresponds to a list" rests on that.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link *next, *prev;
};

struct list {
	struct link head;
};

/* The struct that holds this link. */
#define list_entry(link, type, member)                                         \
	((type *)((char *)(link)-offsetof(type, member)))

/* Visits all; the body may remove or free `entry`, which must be a variable's
 * plain name: the loop's own variables are named after it, so that loops over
 * different variables may be nested. */
#define list_each(entry, list, member)                                         \
	for (struct link *entry##_link = (list)->head.next,                    \
			 *entry##_after = entry##_link->next;                  \
	     entry##_link != &(list)->head &&                                  \
	     (entry = list_entry(entry##_link, __typeof__(*entry), member),    \
	     true);                                                            \
	     entry##_link = entry##_after, entry##_after = entry##_link->next)

/* The oldest entry, NULL when there is none. */
#define list_first(list, type, member)                                         \
	(list_is_empty(list) ? NULL                                            \
			     : list_entry((list)->head.next, type, member))

static inline void
link_init(struct link *link)
{
	link->next = link->prev = link;
}

static inline void
list_init(struct list *list)
{
	link_init(&list->head);
}

static inline bool
list_is_empty(const struct list *list)
{
	return list->head.next == &list->head;
}

static inline void
list_remove(struct link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link_init(link);
}

static inline void
list_insert_after(struct link *place, struct link *link)
{
	link->prev = place;
	link->next = place->next;
	place->next->prev = link;
	place->next = link;
}

static inline void
list_append(struct list *list, struct link *link)
{
	list_insert_after(list->head.prev, link);
}

static inline void
list_prepend(struct list *list, struct link *link)
{
	list_insert_after(&list->head, link);
}

/* Takes the link out of wherever it is and appends it here. */
static inline void
list_move(struct link *link, struct list *list)
{
	list_remove(link);
	list_append(list, link);
}

#endif
