/* `picket replay`: options, and the load that lua/lib/lab/replay.lua plans and
 * counts.  Times given to Lua are those of the workload: real ones times the
 * time scale.  [lab] */
#include "lab.h"

#include <event2/http.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arguments.h"
#include "clock.h"
#include "lab_lua.h"
#include "load.h"
#include "log.h"
#include "terminal.h"
#include "xmalloc.h"

static const char usage[] =
    "usage: picket replay --registry FILE|--preset NAME|--trace FILE "
    "[options]\n"
    "\n"
    "An open load for a gateway: a registry's functions, each as likely as "
    "any\n"
    "other and evenly spaced, the requests of a preset, or those of a trace.\n"
    "Latencies count from when a request was due.\n"
    "\n"
    "  --target URL       the gateway (http://127.0.0.1:9080)\n"
    "  --prefix PATH      what comes before the function (/run/)\n"
    "  --registry FILE    functions, as JSON\n"
    "  --preset NAME|FILE see picket lab list\n"
    "  --trace FILE       as for picket lab compare\n"
    "  --rate X           requests a second (of a registry: 4.98)\n"
    "  --count N          how many requests (of a registry: 1493), or\n"
    "  --duration S       for how many seconds, given a rate\n"
    "  --time-scale K     send K times faster, report times K times longer "
    "(1)\n"
    "  --concurrency N    connections at most (1024)\n"
    "  --timeout S        give up a request after so many seconds (900)\n"
    "  --seed N           of the choice of functions (1)\n"
    "  --label TEXT       before the progress bar\n"
    "  --json             write the outcome as JSON\n";

#define DEFAULT_RATE (1000 / 200.8) /* as lua/lib/lab/plan.lua has it */

enum choice {
	TARGET = 1,
	PREFIX,
	REGISTRY,
	PRESET,
	TRACE,
	RATE,
	COUNT,
	DURATION,
	TIME_SCALE,
	CONCURRENCY,
	TIMEOUT,
	SEED,
	LABEL,
	JSON,
};

static const struct option options_known[] = {
    {"target", required_argument, NULL, TARGET},
    {"prefix", required_argument, NULL, PREFIX},
    {"registry", required_argument, NULL, REGISTRY},
    {"preset", required_argument, NULL, PRESET},
    {"trace", required_argument, NULL, TRACE},
    {"rate", required_argument, NULL, RATE},
    {"count", required_argument, NULL, COUNT},
    {"duration", required_argument, NULL, DURATION},
    {"time-scale", required_argument, NULL, TIME_SCALE},
    {"concurrency", required_argument, NULL, CONCURRENCY},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"seed", required_argument, NULL, SEED},
    {"label", required_argument, NULL, LABEL},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, ARGUMENT_HELP},
    {NULL, 0, NULL, 0},
};

struct replay_options {
	const char *target, *prefix, *registry, *preset, *trace, *label;
	double rate, count, duration, time_scale, concurrency, timeout, seed;
	bool json;
};

struct replay {
	const struct replay_options *options;
	struct event_base *base;
	lua_State *L;
	int plan; /* the object of lua/lib/lab/replay.lua */
	uint64_t started_us;
	bool interrupted;
	double answered;
};

static bool
take_number(struct replay_options *options, int option, const char *text)
{
	switch (option) {
	case RATE:
		return argument_number("rate", text, 1e-6, 1e6, &options->rate);
	case COUNT:
		return argument_number("count", text, 1, 1e9, &options->count);
	case DURATION:
		return argument_number(
		    "duration", text, 1e-3, 1e7, &options->duration);
	case TIME_SCALE:
		return argument_number(
		    "time-scale", text, 1e-3, 1e6, &options->time_scale);
	case CONCURRENCY:
		return argument_number(
		    "concurrency", text, 1, 60000, &options->concurrency);
	case TIMEOUT:
		return argument_number(
		    "timeout", text, 1, 1e6, &options->timeout);
	case SEED:
		return argument_number("seed", text, 0, 1e15, &options->seed);
	default:
		return false;
	}
}

static bool
take_option(void *into, int option, char *value)
{
	struct replay_options *options = into;

	switch (option) {
	case TARGET:
		options->target = value;
		return true;
	case PREFIX:
		options->prefix = value;
		return true;
	case REGISTRY:
		options->registry = value;
		return true;
	case PRESET:
		options->preset = value;
		return true;
	case TRACE:
		options->trace = value;
		return true;
	case LABEL:
		options->label = value;
		return true;
	case JSON:
		options->json = true;
		return true;
	default:
		return take_number(options, option, value);
	}
}

static const struct arguments arguments = {
    .command = "replay",
    .usage = usage,
    .options = options_known,
    .take = take_option,
};

/* -1 to go on, else the exit code. */
static int
parse(struct replay_options *options, int argc, char **argv)
{
	int code = arguments_take(&arguments, argc, argv, options);

	if (code != -1)
		return code;
	if (options->registry == NULL && options->preset == NULL &&
	    options->trace == NULL)
		return arguments_refuse(
		    &arguments, "wants --registry, --preset or --trace");
	return -1;
}

static void
derive_count(struct replay_options *options)
{
	if (options->duration > 0 && options->rate == 0)
		options->rate = DEFAULT_RATE;
	if (options->duration > 0)
		options->count = ceil(options->duration * options->rate);
}

static bool
replay_next(void *owner, double *due_ms, char **path)
{
	struct replay *replay = owner;
	lua_State *L = replay->L;
	bool is_one;

	lab_lua_push_method(L, replay->plan, "next_request");
	lab_lua_call(L, 1, 2);
	is_one = !lua_isnil(L, -2);
	if (is_one) {
		char *func = evhttp_uriencode(lua_tostring(L, -1), -1, 0);

		*due_ms = lua_tonumber(L, -2) / replay->options->time_scale;
		*path = xasprintf("%s%s", replay->options->prefix, func);
		free(func);
	}
	lua_pop(L, 2);
	return is_one;
}

static void
replay_sent(void *owner)
{
	struct replay *replay = owner;

	lab_lua_push_method(replay->L, replay->plan, "sent");
	lab_lua_call(replay->L, 1, 0);
}

static void
replay_answered(void *owner, uint64_t number, int status, double latency_ms,
    bool is_cold, int installed)
{
	struct replay *replay = owner;
	lua_State *L = replay->L;

	replay->answered += status != 0;
	lab_lua_push_method(L, replay->plan, "answered");
	lua_pushnumber(L, (double)number);
	lua_pushinteger(L, status);
	lua_pushnumber(L, latency_ms * replay->options->time_scale);
	lua_pushboolean(L, is_cold);
	lua_pushinteger(L, installed);
	lab_lua_call(L, 6, 0);
}

static void
replay_on_progress(evutil_socket_t fd, short what, void *arg)
{
	struct replay *replay = arg;

	(void)fd;
	(void)what;
	lab_lua_push_method(replay->L, replay->plan, "show_progress");
	lua_pushnumber(
	    replay->L, (double)(clock_read_us() - replay->started_us) / 1e6);
	lab_lua_call(replay->L, 2, 0);
}

static void
replay_on_interrupt(evutil_socket_t fd, short what, void *arg)
{
	struct replay *replay = arg;

	(void)fd;
	(void)what;
	replay->interrupted = true;
	event_base_loopbreak(replay->base);
}

static void
set_text(lua_State *L, const char *name, const char *text)
{
	lua_pushstring(L, text); /* nil for NULL */
	lua_setfield(L, -2, name);
}

/* 0 is for what was not said. */
static void
set_number(lua_State *L, const char *name, double number)
{
	if (number == 0)
		return;
	lua_pushnumber(L, number);
	lua_setfield(L, -2, name);
}

static bool
make_plan(struct replay *replay)
{
	const struct replay_options *options = replay->options;
	lua_State *L = replay->L;

	lab_lua_push_function(L, "lab.replay", "new");
	lua_newtable(L);
	set_text(L, "registry", options->registry);
	set_text(L, "preset", options->preset);
	set_text(L, "trace", options->trace);
	set_text(L, "label", options->label);
	lua_pushnumber(L, options->seed);
	lua_setfield(L, -2, "seed");
	set_number(L, "rate", options->rate);
	set_number(L, "count", options->count);
	set_number(L, "columns", terminal_columns());
	lab_lua_call(L, 1, 2);
	if (lua_isnil(L, -2)) {
		log_error("%s", lua_tostring(L, -1));
		return false;
	}
	lua_pop(L, 1);
	replay->plan = lab_lua_keep(L);
	return true;
}

static void
print_outcome(struct replay *replay)
{
	lab_lua_push_method(replay->L, replay->plan, "finish");
	lua_pushstring(replay->L, replay->options->json ? "json" : "text");
	lab_lua_call(replay->L, 2, 1);
	puts(lua_tostring(replay->L, -1));
	lua_pop(replay->L, 1);
}

static void
run(struct replay *replay, const struct load_target *target)
{
	const struct timeval tenth = {0, 100000};
	struct load_source source = {.next = replay_next,
	    .sent = replay_sent,
	    .answered = replay_answered,
	    .owner = replay};
	struct event *progress = event_new(
	    replay->base, -1, EV_PERSIST, replay_on_progress, replay);
	struct event *interrupt = evsignal_new(
	    replay->base, SIGINT, replay_on_interrupt, replay);
	struct event *terminate = evsignal_new(
	    replay->base, SIGTERM, replay_on_interrupt, replay);
	struct load *load;

	event_add(progress, &tenth);
	event_add(interrupt, NULL);
	event_add(terminate, NULL);
	replay->started_us = clock_read_us();
	load = load_start(replay->base, target, &source);
	event_base_dispatch(replay->base);
	load_free(load);
	event_free(terminate);
	event_free(interrupt);
	event_free(progress);
}

/* What the target's URL says; the caller frees what it returns. */
static struct evhttp_uri *
parse_target(const struct replay_options *options, struct load_target *target)
{
	struct evhttp_uri *uri = evhttp_uri_parse(options->target);

	if (uri == NULL || evhttp_uri_get_host(uri) == NULL ||
	    evhttp_uri_get_scheme(uri) == NULL ||
	    strcmp(evhttp_uri_get_scheme(uri), "http") != 0) {
		log_error(
		    "--target must be like http://127.0.0.1:9080, not \"%s\"",
		    options->target);
		if (uri != NULL)
			evhttp_uri_free(uri);
		return NULL;
	}
	target->host = evhttp_uri_get_host(uri);
	target->port = evhttp_uri_get_port(uri) > 0 ? evhttp_uri_get_port(uri)
						    : 80;
	target->connections = (int)options->concurrency;
	target->timeout_s = (int)options->timeout;
	return uri;
}

static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static int
replay_all(const struct replay_options *options)
{
	struct replay replay = {.options = options};
	struct load_target target;
	struct evhttp_uri *uri = parse_target(options, &target);
	int code = 1;

	if (uri == NULL)
		return 2;
	replay.L = lab_lua_open();
	replay.base = new_base();
	if (make_plan(&replay)) {
		run(&replay, &target);
		print_outcome(&replay);
		code = replay.interrupted ? 130 : replay.answered == 0;
		if (replay.interrupted)
			log_error("interrupted; the outcome is partial");
		else if (replay.answered == 0)
			log_error("no answer from %s", options->target);
	}
	event_base_free(replay.base);
	lua_close(replay.L);
	evhttp_uri_free(uri);
	return code;
}

int
lab_replay_main(int argc, char **argv)
{
	struct replay_options options = {.target = "http://127.0.0.1:9080",
	    .prefix = "/run/",
	    .label = "",
	    .time_scale = 1,
	    .concurrency = 1024,
	    .timeout = 900,
	    .seed = 1};
	int code = parse(&options, argc, argv);

	if (code != -1)
		return code;
	derive_count(&options);
	signal(SIGPIPE, SIG_IGN);
	return replay_all(&options);
}
