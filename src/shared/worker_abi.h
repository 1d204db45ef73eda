/*
 * The part of the shared memory that policies read.  The C compiler includes
 * this file and LuaJIT's ffi.cdef reads it, so: no preprocessor lines, no
 * bit-fields, only 32-bit integers and doubles.
 *
 * Each word has one writer, named behind it.
 */

enum worker_state {
	WORKER_FREE,     /* nobody's row */
	WORKER_STARTING, /* not yet known to be up: no address or no check */
	WORKER_UP,
	WORKER_DOWN,
	WORKER_REMOVED, /* gone from the list, finishes what it has */
	WORKER_EJECTED, /* failed too often in a row, will be tried again */
};

/* One worker: a cache line, since a policy may look at all of them. */
struct worker {
	int32_t slot;       /* control: this row's number, from 0 */
	int32_t state;      /* control: enum worker_state */
	int32_t draining;   /* control: takes no new requests */
	int32_t inflight;   /* all proxies, atomically: requests it has now */
	int32_t capacity;   /* control: the most it may have; 2147483647: any */
	uint32_t version;   /* control: counts the workers this row has held */
	double weight;      /* control: as it holds now */
	double latency_ms;  /* proxies: moving average; 0: none yet */
	double utilization; /* proxies: as the worker reported it, 0 to 1 */
	int32_t failures;   /* proxies, atomically: failed attempts in a row;
			     * control: 0 when it comes up */
} __attribute__((aligned(64)));

/* What a worker has used: a hash of a package's or function's name, and when
 * (seconds of the monotonic clock).  A set-associative memory: WARMTH_WAYS
 * entries from `hash & WARMTH_MASK`, the oldest is forgotten. */
enum { WARMTH_ENTRIES = 4096, WARMTH_WAYS = 4, WARMTH_MASK = 4092 };

struct warmth {
	uint32_t hash; /* proxies */
	uint32_t used; /* proxies */
};

/* One request, as pick() sees it; it lies in the proxy's own memory. */
struct request_view {
	const char *func;
	const char *path; /* with the query */
	const char *method;
	const char *client; /* address without port */
	int32_t func_len, path_len, method_len, client_len;
	int32_t function;   /* the registry's number for func; -1: none */
	int32_t attempt;    /* from 1 */
	double body_length; /* -1: not known */
	double now;         /* ms, monotonic */
	void *owner;        /* for policy_host.header */
};

/* How an attempt ended, for done(). */
struct outcome_view {
	int32_t slot;      /* of the worker */
	int32_t status;    /* 0: no answer */
	double latency_ms; /* from sending to the answer's head */
	const char *error; /* NULL: none; else "connect", "timeout", ... */
	void *owner;       /* for policy_host.answer_header; NULL: no head */
};

/* What the runtime may look at, and ask the gateway for.  The functions that
 * take `policy` get the member of that name. */
struct policy_host {
	const struct worker *workers; /* the table, by slot */
	const uint8_t *tried;         /* by slot: tried by this request */
	const struct request_view *request;
	const struct outcome_view *outcome;
	int32_t *random; /* four words: the state of math.random */
	void *policy;
	int32_t worker_max;  /* rows of the table */
	int32_t has_request; /* 0: there is none to look at now */
	/* One header's value: its length and where it is, or -1. */
	int32_t (*header)(void *owner, const char *name, int32_t name_len,
	    const char **value);
	int32_t (*answer_header)(void *owner, const char *name,
	    int32_t name_len, const char **value);
	/* Text of a worker's row: its name, or its url. */
	const char *(*worker_name)(void *policy, int32_t slot);
	const char *(*worker_url)(void *policy, int32_t slot);
	/* Summed over the proxies. */
	double (*served)(void *policy, int32_t slot);
	double (*failed)(void *policy, int32_t slot);
	/* What was used lately, by the hash of its name. */
	int32_t (*is_warm)(void *policy, int32_t slot, uint32_t hash);
	uint32_t (*hash_function)(const char *name, size_t len);
	uint32_t (*hash_package)(const char *name, size_t len);
	/* A registered function: its name, and its packages. */
	const char *(*function_name)(void *policy, int32_t function);
	int32_t (*package_count)(void *policy, int32_t function);
	const char *(*package)(void *policy, int32_t function, int32_t index);
};
