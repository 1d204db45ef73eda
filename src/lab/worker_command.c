/* `picket worker`: options, signals and the loop of simulated workers.  [lab]
 */
#include "lab.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arguments.h"
#include "live_worker.h"
#include "log.h"

static const char usage[] =
    "usage: picket worker --port N[,N...] [options]\n"
    "\n"
    "Simulated OpenLambda workers, one for each port, that share one machine.\n"
    "\n"
    "  --port N[,N...]    where to listen; 0 is any free port\n"
    "  --host ADDRESS     the address to listen on (127.0.0.1)\n"
    "  --registry FILE    functions and their packages (any, without "
    "packages)\n"
    "  --model NAME|FILE  how the workers behave (thesis2018)\n"
    "  --time-scale K     run K times faster than the model (1)\n"
    "  --seed N           of the model's random numbers (1)\n";

enum choice { PORT = 1, HOST, REGISTRY, MODEL, TIME_SCALE, SEED };

static const struct option options_known[] = {
    {"port", required_argument, NULL, PORT},
    {"host", required_argument, NULL, HOST},
    {"registry", required_argument, NULL, REGISTRY},
    {"model", required_argument, NULL, MODEL},
    {"time-scale", required_argument, NULL, TIME_SCALE},
    {"seed", required_argument, NULL, SEED},
    {"help", no_argument, NULL, ARGUMENT_HELP},
    {NULL, 0, NULL, 0},
};

/* Adds "9081,9082" to the ports. */
static bool
add_ports(struct live_worker_options *options, char *list)
{
	char *rest = NULL;
	double number;

	for (char *text = strtok_r(list, ",", &rest); text != NULL;
	     text = strtok_r(NULL, ",", &rest)) {
		if (!argument_number("port", text, 0, 65535, &number))
			return false;
		if (options->port_count == LIVE_WORKER_PORTS) {
			log_error("more than %d ports", LIVE_WORKER_PORTS);
			return false;
		}
		options->ports[options->port_count++] = (int)number;
	}
	return true;
}

static bool
take_option(void *into, int option, char *value)
{
	struct live_worker_options *options = into;

	switch (option) {
	case PORT:
		return add_ports(options, value);
	case HOST:
		options->host = value;
		return true;
	case REGISTRY:
		options->registry = value;
		return true;
	case MODEL:
		options->model = value;
		return true;
	case TIME_SCALE:
		return argument_number(
		    "time-scale", value, 1e-3, 1e6, &options->time_scale);
	case SEED:
		return argument_number("seed", value, 0, 1e15, &options->seed);
	default:
		return false;
	}
}

static const struct arguments arguments = {
    .command = "worker",
    .usage = usage,
    .options = options_known,
    .take = take_option,
};

/* -1 to go on, else the exit code. */
static int
parse(struct live_worker_options *options, int argc, char **argv)
{
	int code = arguments_take(&arguments, argc, argv, options);

	if (code != -1)
		return code;
	if (options->port_count == 0)
		return arguments_refuse(&arguments, "wants --port");
	return -1;
}

static void
worker_on_signal(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	live_worker_stop(arg);
}

static int
serve(struct event_base *base, const struct live_worker_options *options)
{
	struct live_worker *machine = live_worker_new(base, options);
	struct event *terminate, *interrupt;

	if (machine == NULL)
		return 1;
	for (int i = 0; i < options->port_count; i++)
		printf("worker listens on %s port %d\n", options->host,
		    live_worker_port(machine, i));
	fflush(stdout);
	terminate = evsignal_new(base, SIGTERM, worker_on_signal, machine);
	interrupt = evsignal_new(base, SIGINT, worker_on_signal, machine);
	event_add(terminate, NULL);
	event_add(interrupt, NULL);
	event_base_dispatch(base);
	event_free(interrupt);
	event_free(terminate);
	live_worker_free(machine);
	return 0;
}

int
lab_worker_main(int argc, char **argv)
{
	struct live_worker_options options = {.host = "127.0.0.1",
	    .model = "thesis2018",
	    .time_scale = 1,
	    .seed = 1};
	struct event_config *config = event_config_new();
	struct event_base *base;
	int code = parse(&options, argc, argv);

	if (code == -1) {
		signal(SIGPIPE, SIG_IGN);
		event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
		base = event_base_new_with_config(config);
		code = serve(base, &options);
		event_base_free(base);
	}
	event_config_free(config);
	return code;
}
