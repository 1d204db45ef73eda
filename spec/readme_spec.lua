-- What README.md shows works as it stands there.
local config = require("gateway.config")
local fakes = require("picket.fakes")
local files = require("gateway.files")
local scratch = require("scratch")

-- The Lua blocks, in their order, without the indentation of the list they stand in.
local function blocks_of(text)
    local blocks = {}
    for indent, block in text:gmatch("\n( *)```lua\n(.-)\n *```") do
        blocks[#blocks + 1] = ("\n" .. block):gsub("\n" .. indent, "\n"):sub(2) .. "\n"
    end
    return blocks
end

describe("README.md", function()
    local readme = assert(files.read("README.md"))
    local policy, spec, configuration = unpack(blocks_of(readme))
    local place

    before_each(function()
        place = scratch.new()
        place.write("mine.lua", policy)
    end)

    after_each(function()
        place.remove()
    end)

    it("begins with a policy that picks the least loaded free worker", function()
        local workers = fakes.workers({
            { inflight = 3 }, { inflight = 1 }, { inflight = 0, capacity = 0 }, { inflight = 2 },
        })
        local mine = fakes.load(place.path("mine.lua"), {}, workers)
        assert.equal(workers[2], mine.pick(fakes.request(), workers))
        for _, worker in ipairs(workers) do
            worker.capacity = 0
        end
        assert.is_nil(mine.pick(fakes.request(), workers))
    end)

    it("shows that policy in eleven lines", function()
        local lines = select(2, policy:gsub("\n[^\n]*%S", "%0")) + 1
        assert.is_true(lines <= 11, lines .. " lines that are not empty")
    end)

    it("shows a spec that passes", function()
        place.write("mine_spec.lua", spec)
        local command = ("cd %s && busted --lua=luajit --lpath='%s/lua/lib/?.lua' mine_spec.lua")
            :format(place.directory, io.popen("pwd"):read("*l"))
        local output = io.popen(command .. " 2>&1"):read("*a")
        assert.matches("1 success / 0 failures / 0 errors", output)
    end)

    it("shows a configuration that loads", function()
        place.write("registry.json", "[]")
        local conf = assert(config.load(place.write("scheduler.lua", configuration)))
        assert.equal("package_aware", conf.policy.name)
        assert.equal(8, conf.workers[2].capacity)
    end)

    it("names every installed policy, and no other", function()
        local named, installed = {}, {}
        for name in readme:gmatch("\n *| `([%w_]+)` | [^\n]+") do
            named[#named + 1] = name
        end
        for name in io.popen("ls lua/policies"):lines() do
            installed[#installed + 1] = name:match("^(.*)%.lua$")
        end
        table.sort(named)
        table.sort(installed)
        assert.same(installed, named)
    end)

    it("names files that are there", function()
        local ours = { conf = true, src = true, script = true, bench = true, tests = true,
            lua = true, spec = true }
        for path in readme:gmatch("[`( ](%a+/[%w_/%.]+)[`) ,]") do
            if ours[path:match("^%a+")] then
                assert(io.open((path:gsub("%.$", ""))), path .. " is not there"):close()
            end
        end
    end)
end)
