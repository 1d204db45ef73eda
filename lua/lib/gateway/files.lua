--- Paths and files, for configurations: plain Lua has no way to list a directory.
local ffi = require("ffi")

ffi.cdef([[
struct gateway_dirent {
    uint64_t ino;
    int64_t off;
    unsigned short reclen;
    unsigned char type;
    char name[256];
};
void *opendir(const char *name);
struct gateway_dirent *readdir(void *dir);
int closedir(void *dir);
]])

local files = {}

--- The directory a file stands in, with its slash; "" for the working directory.
function files.directory(path)
    return path:match("^.*/") or ""
end

--- A path as written in a file of `directory`, for use from the working directory.
function files.resolve(directory, path)
    if path:sub(1, 1) == "/" then
        return path
    end
    return directory .. path:gsub("^%./", "")
end

--- All of a file; nil and the reason when it cannot be read.
function files.read(path)
    local file, reason = io.open(path, "rb")
    if not file then
        return nil, (reason:gsub("^.*: ", ""))
    end
    local text
    text, reason = file:read("*a") -- a directory opens, but cannot be read
    file:close()
    return text, reason
end

--- Can it be read?  Answers as files.read() does, but reads no more than a byte.
function files.readable(path)
    local file, reason = io.open(path, "rb")
    if not file then
        return false, (reason:gsub("^.*: ", ""))
    end
    local _, failure = file:read(1)
    file:close()
    return failure == nil, failure
end

--- Is it a directory, and may we look into it?
function files.is_folder(path)
    local dir = ffi.C.opendir(path)
    if dir ~= nil then
        ffi.C.closedir(dir)
    end
    return dir ~= nil
end

--- The names in a directory that end in `ending`, without it, sorted; {} when there are none.
function files.list(directory, ending)
    local names = {}
    local dir = ffi.C.opendir(directory)
    if dir == nil then
        return names
    end
    local entry = ffi.C.readdir(dir)
    while entry ~= nil do
        local name = ffi.string(entry.name)
        if #name > #ending and name:sub(-#ending) == ending then
            names[#names + 1] = name:sub(1, -#ending - 1)
        end
        entry = ffi.C.readdir(dir)
    end
    ffi.C.closedir(dir)
    table.sort(names)
    return names
end

return files
