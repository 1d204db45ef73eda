--- Socket addresses and URLs as people write them.  Each is checked and brought into one form, so
-- that two ways to write the same place are the same text.
local ffi = require("ffi")

ffi.cdef([[
int inet_pton(int family, const char *text, void *bytes);
const char *inet_ntop(int family, const void *bytes, char *text, unsigned int size);
]])

local address = {}

local AF_INET, AF_INET6 = 2, 10
local UNIX_PATH_MAX = 107 -- what struct sockaddr_un has room for

local function canonical_ip(family, text)
    local bytes, buffer = ffi.new("char[16]"), ffi.new("char[64]")
    if text:find("%z") or ffi.C.inet_pton(family, text, bytes) ~= 1 then
        return nil
    end
    return ffi.string(ffi.C.inet_ntop(family, bytes, buffer, 64))
end

--- A host without brackets.
local function bare(host)
    return host:match("^%[(.*)%]$") or host
end

local function read_port(text)
    local port = text:find("^%d%d?%d?%d?%d?$") and tonumber(text)
    return port and port <= 65535 and port
end

--- { unix_path = ... } of a "unix:PATH", relative to `directory`; nil when it is none.
local function read_unix(text, directory)
    local path = text:match("^unix:(.*)$")
    if not path then
        return nil
    elseif path == "" then
        return nil, "names no path; write unix:/run/picket.sock"
    elseif path:sub(1, 1) ~= "/" then
        path = directory .. path
    end
    if #path > UNIX_PATH_MAX then
        return nil, ("is too long: a socket's path has at most %d bytes"):format(UNIX_PATH_MAX)
    end
    return { unix_path = path, text = "unix:" .. path }
end

--- The parts around the last colon outside of brackets: host, port (nil without a colon).
local function split(text)
    local host, port = text:match("^(%[.*%]):?([^%]]*)$")
    if not host then
        host, port = text:match("^([^:]*):?([^:]*)$")
    end
    return host, text:find(":[^%]:]*$") and port or nil
end

--- An address without a name in it: in canonical form, or nil.
local function ip(host)
    if host:find("^%[") then
        local text = canonical_ip(AF_INET6, bare(host))
        return text and "[" .. text .. "]"
    end
    return canonical_ip(AF_INET, host)
end

--- IPV4:PORT, [IPV6]:PORT or unix:PATH: { text, host, port } or { text, unix_path }; else nil and
-- what is wrong with it.
function address.socket(text, directory)
    local unix, reason = read_unix(text, directory)
    if unix or reason then
        return unix, reason
    elseif text:find("^%a+://") then
        return nil, ("is a URL; leave out %q"):format(text:match("^%a+://"))
    elseif text:find("^:?%d+$") then
        return nil, ("names no address; write \"127.0.0.1:%s\", or \"0.0.0.0:%s\" for every "
            .. "address of the machine"):format(text:match("%d+"), text:match("%d+"))
    end
    local host, port = split(text)
    if not host then
        return nil, "is no address; an IPv6 address needs brackets, as in \"[::1]:9080\""
    elseif not ip(host) then
        return nil, "is no address; write one such as \"127.0.0.1:9080\", without names"
    elseif not port then
        return nil, ("has no port; write \"%s:9080\""):format(host)
    elseif not read_port(port) then
        return nil, ("has the port %q, which is no number from 0 to 65535"):format(port)
    end
    host = ip(host)
    return { text = host .. ":" .. tonumber(port), host = bare(host), port = tonumber(port) }
end

--- A DNS server: ADDRESS or ADDRESS:PORT, port 53 by default.
function address.server(text)
    local v6 = canonical_ip(AF_INET6, text)
    local given = v6 and ("[%s]:53"):format(v6) or ip(text) and text .. ":53" or text
    local found = not text:find("^unix:") and address.socket(given, "")
    if found and found.port > 0 then
        return found
    end
    return nil, "is no address of a DNS server; write one such as \"127.0.0.1:53\""
end

local function read_host(host)
    if host == "" then
        return nil, "names no host"
    elseif host:find("^%[") or host:find("^[%d.]+$") then
        local canonical = ip(host)
        return canonical, not canonical and ("has the host %q, which is no IP address"):format(host)
    elseif #host > 253 or not host:find("^[%w._-]+$") then
        return nil, ("has the host %q, which is no host name"):format(host)
    end
    return host:lower()
end

--- A worker's URL, http://HOST[:PORT] or unix:PATH: { text, host, port } or { text, unix_path };
-- else nil and what is wrong with it.
function address.url(text, directory)
    local unix, reason = read_unix(text, directory)
    if unix or reason then
        return unix, reason
    end
    local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
    if not scheme then
        return nil, ("has no scheme; write \"http://%s\""):format(text)
    elseif scheme:lower() ~= "http" then
        return nil, ("has the scheme %q; workers are reached by plain http"):format(scheme)
    elseif rest:find("@", 1, true) then
        return nil, "has a user in it, which is not sent to workers; leave it out"
    end
    local authority, path = rest:match("^([^/?#]*)(.*)$")
    if path ~= "" and path ~= "/" then
        return nil, ("has the path %q; a path belongs into forward of a route"):format(path)
    end
    local host, port = split(authority)
    if not host then
        return nil, "is malformed; an IPv6 address needs brackets, as in \"http://[::1]:9081\""
    end
    port = read_port(port or "80")
    if not port or port == 0 then
        return nil, "has a port that is no number from 1 to 65535"
    end
    host, reason = read_host(host)
    if not host then
        return nil, reason
    end
    return { text = ("http://%s:%d"):format(host, port), host = bare(host), port = port }
end

return address
