--- What --help tells of the commands that talk to a running gateway.
local COMMON = [[
  -c, --config FILE    the configuration of that gateway, for its admin address;
                       by default scheduler.lua
  --admin ADDRESS      the admin address itself: 127.0.0.1:9079, unix:PATH
  --token-file FILE    the token that it asks for, if the configuration does not
                       say it; or PICKET_ADMIN_TOKEN in the environment
]]

return {
    status = [[
usage: picket status [--json] [-c FILE | --admin ADDRESS]

Shows a running gateway: its processes, workers, policy and queue.

  --json               all that is known, as JSON
]] .. COMMON,
    reload = [[
usage: picket reload [-c FILE | --admin ADDRESS]

Makes a running gateway read its configuration, policy and registry again, and
says how that went.  When anything is wrong, nothing changes.

]] .. COMMON,
    upgrade = [[
usage: picket upgrade [-c FILE | --admin ADDRESS]

Starts the program of a running gateway anew, with its listening sockets: for a
new version, or for options that a reload does not change (listen, processes).
Returns when the new gateway serves.  Nobody is refused; the old one finishes
what it has and ends.  Workers that were added, drained or weighed by command
stay so.

]] .. COMMON,
    stop = [[
usage: picket stop [-c FILE | --admin ADDRESS]

Finishes what is in flight, stops the gateway, and returns when it has ended.

]] .. COMMON,
    workers = [[
usage: picket workers COMMAND [-c FILE | --admin ADDRESS]

  list [--json]                              the workers and how they are
  add URL [--name NAME] [--weight W] [--capacity N]
  remove WORKER                              takes no new requests, then goes
  drain WORKER [--no-wait]                   takes no new requests; returns when
                                             it has none left
  undrain WORKER                             takes requests again
  weight WORKER W                            its share of the work, 1 by default

WORKER is a name or a URL.  What it has in flight, a worker always finishes.

]] .. COMMON,
}

