/*
 * The configuration as C reads it: plain data in a generation, in the units
 * the code uses.  Meaning, range and default of every option stand in
 * lua/lib/gateway/options.lua.  [every process]
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include "address.h"

#define CONFIG_PATH 512
#define CONFIG_LISTEN_MAX 16
#define CONFIG_ROUTE_MAX 64
#define CONFIG_PREFIX 128

struct route {
	char prefix[CONFIG_PREFIX]; /* longest first */
	char forward[CONFIG_PREFIX];
	uint16_t prefix_len, forward_len;
};

enum access_format { ACCESS_OFF, ACCESS_TEXT, ACCESS_JSON };
enum health_kind { HEALTH_NONE, HEALTH_TCP, HEALTH_HTTP, HEALTH_OPENLAMBDA };

struct config {
	char file[CONFIG_PATH]; /* the scheduler.lua it came from */
	char policy_name[CONFIG_PATH];
	int32_t processes; /* resolved: at least 1 */
	char user[64];     /* "": stay */
	int32_t user_line; /* where `file` has it; 0: unknown */
	bool sandbox;      /* filter system calls */

	int32_t listen_count;
	struct address listen[CONFIG_LISTEN_MAX];
	struct address admin;  /* len 0: none */
	char admin_token[256]; /* "": none is asked for */

	int32_t route_count;
	struct route routes[CONFIG_ROUTE_MAX];
	bool has_registry;
	bool forward_unknown; /* a function the registry does not know */
	double warm_for;      /* seconds */

	struct {
		uint64_t head, body, idle, connect, first_byte, between_bytes,
		    total, queue, tunnel, drain, upstream_idle;
	} timeouts_us;

	struct {
		int32_t connections; /* per gateway */
		int32_t head_bytes, headers, uri_bytes, response_head_bytes;
		int64_t body_bytes; /* 0: any */
		int32_t workers;    /* rows of the table */
		int32_t idle_per_worker;
	} limits;

	struct {
		int32_t size, per_function; /* per_function 0: any */
		bool hold;                  /* while no worker is up */
	} queue;

	struct {
		int32_t attempts;
		double budget;         /* share of the load */
		uint64_t pause_429_us; /* for a function, at a worker */
	} retry;

	struct {
		double percentile; /* 0: never */
		uint64_t min_delay_us;
	} hedging;

	struct {
		double time_ms;
		int64_t memory_bytes;
		char failure_specs[512]; /* a folder; "": none */
	} policy_limits;

	struct {
		int32_t kind; /* enum health_kind */
		uint64_t interval_us, timeout_us;
		int32_t rise, fall;
		uint64_t slow_start_us; /* 0: none */
		char path[256];
		int32_t status; /* 0: any below 400 */
	} health;

	struct {
		int32_t failures; /* in a row; 0: never */
		uint64_t time_us, max_time_us;
		double share; /* of the workers */
	} ejection;

	struct {
		int32_t level;  /* enum log_level */
		int32_t access; /* enum access_format */
		char file[CONFIG_PATH];
		char access_file[CONFIG_PATH];
	} log;

	struct {
		uint64_t interval_us;
		char servers[256]; /* "127.0.0.1:5353 ..."; "": the system's */
	} dns;
};

#endif
