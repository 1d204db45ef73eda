/*
 * The workers, in memory that every process shares.  Control writes who is a
 * worker and how it is; proxies write what they send there.  [every process]
 *
 * A row is another worker's only when its last request is over and every proxy
 * has taken note of the removal, so a slot number held by a request never comes
 * to mean another worker.
 *
 * `inflight` is the one word that all proxies contend for: a place is claimed
 * by compare-and-swap against capacity, so a worker of capacity 1 is never
 * given two.  Every claim is also written in this proxy's share, from which
 * worker_forget_proxy() gives back what a dead proxy held.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include "address.h"
#include "histogram.h"
#include "worker_abi.h"

#define WORKER_NAME 64
#define WORKER_URL 256
#define WORKER_REASON 128
#define WORKER_CAPACITY_ANY INT32_MAX

struct worker_identity { /* written by control; `address` see below */
	char name[WORKER_NAME];
	char url[WORKER_URL];       /* as written: http://host:port */
	char host[WORKER_URL];      /* host alone, to be looked up */
	char reason[WORKER_REASON]; /* why it is not up; "" */
	int32_t port;
	int32_t from_config;      /* 0: added at run time */
	double weight;            /* as it was given */
	double ramp;              /* the share of it that holds now */
	uint64_t changed_us;      /* when state last changed */
	uint64_t ejected_for_us;  /* how long it was to be out, last time */
	uint64_t ejections;       /* so far */
	uint32_t address_version; /* odd while address is being written */
	struct address address;
};

struct worker_share { /* written by one proxy */
	int32_t inflight;
	uint64_t served;
	uint64_t failed;
	struct histogram latency;
};

struct worker_table;

/* Made before the forks; never freed. */
struct worker_table *worker_table_new(int worker_max, int proxy_max);

int worker_max(const struct worker_table *);
struct worker *worker_at(struct worker_table *, int slot);
struct worker *worker_rows(struct worker_table *); /* all, by slot */
struct worker_identity *worker_identity(struct worker_table *, int slot);
struct worker_share *worker_share(struct worker_table *, int slot, int proxy);

/* --- proxies --- */

/* Claims a place; false when all are taken. */
bool worker_claim(struct worker_table *, int slot, int proxy);
void worker_release(struct worker_table *, int slot, int proxy);

/* What its URL names, "127.0.0.1:9081"; "localhost" for a Unix socket. */
const char *worker_authority(struct worker_table *, int slot);

/* A consistent copy of the address; false when it has none yet. */
bool worker_address(struct worker_table *, int slot, struct address *);

/* An attempt ended: counts it, and moves the latency average.  A failure is
 * what is no answer, or a 502, 503 or 504. */
void worker_count(
    struct worker_table *, int slot, int proxy, bool failed, uint64_t us);

/* What the worker says of itself, from 0 to 1. */
void worker_set_utilization(struct worker_table *, int slot, double);

/* An answer came and was complete: ends a row of failures. */
void worker_did_well(struct worker_table *, int slot);

/* Remembers that a name was used here now. */
void worker_warm(struct worker_table *, int slot, uint32_t hash);
bool worker_is_warm(
    struct worker_table *, int slot, uint32_t hash, uint32_t for_seconds);

/* FNV-1a, 32 bits; a package's name as if a NUL stood before it. */
uint32_t worker_hash_function(const char *name, size_t len);
uint32_t worker_hash_package(const char *name, size_t len);

/* The number of membership and health changes so far: when it moved, policies
 * hear changed().  The proxy then takes note, which frees removed rows: it has
 * dropped what it kept about them.  A proxy that starts takes note before it
 * first looks at the rows. */
uint32_t worker_membership(const struct worker_table *);
void worker_take_note(struct worker_table *, int proxy, uint32_t membership);

/* May be chosen: up and not draining. */
bool worker_is_available(const struct worker *);

double worker_served(struct worker_table *, int slot);
double worker_failed(struct worker_table *, int slot);
void worker_latency(struct worker_table *, int slot, struct histogram *);

/* --- control --- */

/* The row of a worker with this url, or of one that was removed; -1: none. */
int worker_find_row(struct worker_table *, const char *url);
/* Takes a row for a worker, in state WORKER_STARTING; -1: none free.  A url
 * that was removed gets its row back, with what is in flight and was counted
 * there; one that is a worker is not added.  Nothing is seen by proxies before
 * worker_publish(). */
int worker_add(struct worker_table *, const char *name, const char *url,
    const char *host, int port, double weight, int capacity, bool from_config);
void worker_remove(struct worker_table *, int slot);
void worker_set_state(
    struct worker_table *, int slot, enum worker_state, const char *reason);
void worker_set_weight(struct worker_table *, int slot, double weight);
/* How much of its weight holds: above 0, at most 1. */
void worker_set_ramp(struct worker_table *, int slot, double ramp);
void worker_set_address(
    struct worker_table *, int slot, const struct address *);
/* After any change: moves the membership number. */
void worker_publish(struct worker_table *);
/* The generation whose workers these are, said when all is changed. */
uint32_t worker_generation(const struct worker_table *);
void worker_set_generation(struct worker_table *, uint32_t number);
/* Frees removed rows that nobody uses any more. */
void worker_sweep(struct worker_table *);
int worker_find(struct worker_table *, const char *name_or_url); /* -1: none */

/* --- supervisor --- */

/* A proxy died: gives back the places it held.  False when another proxy stands
 * still amid a claim: call again later, and before a successor starts. */
bool worker_forget_proxy(struct worker_table *, int proxy);

#endif
