--- What every policy in lua/policies keeps to, whatever it is for.
-- A new policy is found here by its file; its own spec says what is special about it.  Policies run
-- in the gateway's own sandbox.
local fakes = require("picket.fakes")
local files = require("gateway.files")
local lfs = require("lfs")
local sandbox = require("gateway.sandbox")

local DIRECTORY = "lua/policies"
local SIZES = { 1, 2, 3, 10, 100 }
local WORDS = {
    pick = "function", start = "function", changed = "function", done = "function",
    tick = "function", tick_ms = "number", headers = "table", counters = "table",
}

-- The policy as the gateway makes it, with nothing called yet.
local function fresh(name)
    local path = DIRECTORY .. "/" .. name .. ".lua"
    local env = sandbox.new({
        seed = 1,
        print = print,
        find = function(module)
            local file = "lua/lib/" .. module:gsub("%.", "/") .. ".lua"
            return files.read(file), file
        end,
    })
    return assert(load(files.read(path), "=" .. path, "t", env))()
end

local function started(name, workers)
    local policy = fresh(name)
    if policy.start then
        policy.start({}, workers)
    end
    return policy
end

local function changed(policy, workers)
    if policy.changed then
        policy.changed(workers)
    end
end

local function request(i)
    return fakes.request({
        func = "function-" .. i,
        packages = i % 3 > 0 and { "package-" .. i % 50, "small" } or nil,
        client = ("10.%d.%d.7"):format(i % 256, math.floor(i / 256)),
        now = i,
    })
end

local function set(list)
    local known = {}
    for _, item in ipairs(list) do
        known[item] = true
    end
    return known
end

-- Loads, capacities and tried workers by chance; returns whether any worker is free.
local function shake(workers)
    local any = false
    for _, worker in ipairs(workers) do
        worker.inflight = math.random(0, 4)
        worker.capacity = math.random(3) == 1 and fakes.UNLIMITED or math.random(1, 4)
        worker.tried = math.random(4) == 1
        any = any or worker:is_free()
    end
    return any
end

local function assert_shares(policy, workers, weights)
    for i, worker in ipairs(workers) do
        worker.weight = weights[i]
    end
    changed(policy, workers)
    local counts = fakes.tally(policy, workers, 3000, request)
    local total = 0
    for _, weight in ipairs(weights) do
        total = total + weight
    end
    -- The coarsest are the points on a ring: these are five of their standard deviations.
    for i, worker in ipairs(workers) do
        local share = weights[i] / total
        assert.near(share, counts[worker.name] / 3000, share * 0.5, worker.name)
    end
end

for file in lfs.dir(DIRECTORY) do
    local name = file:match("^(.+)%.lua$")
    if name then
        describe("policy " .. name, function()
            before_each(function()
                math.randomseed(1)
            end)

            it("returns a table of what the gateway knows, pick among it", function()
                local policy = fresh(name)
                assert.is_function(policy.pick)
                for word, value in pairs(policy) do
                    assert.equal(WORDS[word], type(value), word)
                end
            end)

            it("opens with a comment that says what it is", function()
                assert.truthy(files.read(DIRECTORY .. "/" .. file):find("^%-%-%- %u"))
            end)

            it("refuses an unknown option by its name, with its own name", function()
                local ok, message = pcall(fresh(name).start, { no_such_option = 1 }, {})
                assert.is_false(ok)
                assert.truthy(message:find(name .. ': "no_such_option" is unknown', 1, true))
            end)

            it("picks nobody when there is nobody", function()
                assert.is_nil(started(name, {}).pick(request(1), {}))
            end)

            it("picks members only, and none that is full while another is free", function()
                for _, size in ipairs(SIZES) do
                    local workers = fakes.workers(size)
                    local policy, members = started(name, workers), set(workers)
                    for i = 1, 300 do
                        local any = shake(workers)
                        local picked = policy.pick(request(i), workers)
                        assert.is_true(picked == nil or members[picked])
                        assert.equal(any, picked ~= nil and picked:is_free())
                    end
                end
            end)

            it("picks another worker for a retry while one is free", function()
                local workers = fakes.workers(4)
                local policy = started(name, workers)
                for i = 1, 50 do
                    for _ = 1, 4 do
                        local picked = policy.pick(request(i), workers)
                        assert.is_false(picked.tried)
                        picked.tried = true
                    end
                    for _, worker in ipairs(workers) do
                        worker.tried = false
                    end
                end
            end)

            it("gives every worker work in the end", function()
                local workers = fakes.workers(10)
                local counts = fakes.tally(started(name, workers), workers, 2000, request)
                for _, worker in ipairs(workers) do
                    assert.is_true(counts[worker.name] > 0, worker.name)
                end
            end)

            it("gives heavier workers more, also after their weights changed", function()
                local workers = fakes.workers(4)
                local policy = started(name, workers)
                assert_shares(policy, workers, { 3, 1, 1, 1 })
                assert_shares(policy, workers, { 1, 1, 2, 4 })
                assert_shares(policy, workers, { 1, 0.5, 1, 0.5 })
            end)

            it("bears the smallest and the largest weight", function()
                local workers = fakes.workers({ { weight = 0.01 }, { weight = 1000 }, {} })
                local counts = fakes.tally(started(name, workers), workers, 2000, request)
                assert.is_true(counts.w2 > 1800)
            end)

            it("picks among the present workers after each change of members", function()
                local all = fakes.workers(20)
                local present = { unpack(all) }
                local policy = started(name, present)
                for i = 1, 200 do
                    present = {}
                    for _, worker in ipairs(all) do
                        worker.weight = math.random(4)
                        if i % 10 > 0 and math.random(3) > 1 then
                            present[#present + 1] = worker
                        end
                    end
                    changed(policy, present)
                    local members = set(present)
                    for j = 1, 10 do
                        local picked = policy.pick(request(i * j), present)
                        assert.equal(#present > 0, members[picked] == true)
                    end
                end
            end)

            it("forgets workers that are gone", function()
                local workers = fakes.workers(5)
                local policy = started(name, workers)
                fakes.sequence(policy, workers, 100, request)
                local gone = setmetatable({ table.remove(workers, 3) }, { __mode = "v" })
                workers = { unpack(workers) }
                changed(policy, workers)
                collectgarbage()
                collectgarbage()
                assert.is_nil(gone[1])
            end)

            it("shares no state with another instance", function()
                local workers = fakes.workers({ { weight = 2 }, {}, {}, {} })
                local alone = fakes.sequence(started(name, workers), workers, 50, request)
                local one, other = started(name, workers), started(name, workers)
                for i = 1, 50 do
                    other.pick(request(i * 7), workers)
                    assert.equal(alone[i], one.pick(request(i), workers).name)
                    changed(other, {})
                    changed(other, workers)
                end
            end)
        end)
    end
end
