local azure2019 = require("lab.azure2019")
local scratch = require("scratch")

local INVOCATIONS = "invocations_per_function_md.anon.d%s.csv"
local DURATIONS = "function_durations_percentiles.anon.d01.csv"
local MEMORY = "app_memory_percentiles.anon.d01.csv"

-- A line of the file of invocations; `counts` by minute.
local function invocations(app, func, counts)
    local fields = { "owner", app, func, "http" }
    for minute = 1, 1440 do
        fields[minute + 4] = counts[minute] or 0
    end
    return table.concat(fields, ",") .. "\n"
end

local HEADER = {}
for minute = 1, 1440 do
    HEADER[minute] = minute
end
HEADER = "HashOwner,HashApp,HashFunction,Trigger," .. table.concat(HEADER, ",") .. "\n"

local DURATIONS_TEXT = [[
HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,]]
    .. [[percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,]]
    .. "percentile_Average_99,percentile_Average_100\n"
    .. "owner,app1,often,110,50,100,200,100,100,100,100,100,100,200\n"
local MEMORY_TEXT = [[
HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5,]]
    .. "AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,"
    .. "AverageAllocatedMb_pct95,AverageAllocatedMb_pct99,AverageAllocatedMb_pct100\n"
    .. "owner,app1,20,170,1,1,1,170,1,1,1,200\n"

local function all(iterator)
    local list = {}
    for due, func, work in iterator do
        list[#list + 1] = { due, func, work }
    end
    return list
end

describe("Azure's trace of 2019", function()
    local place, folder

    before_each(function()
        place = scratch.new()
        folder = place.write(INVOCATIONS:format("01"), HEADER
            .. invocations("app1", "often", { [1] = 20, [3] = 5 })
            .. invocations("app2", "rare", { [1440] = 1 })):match("^(.*)/")
        place.write(DURATIONS, DURATIONS_TEXT)
        place.write(MEMORY, MEMORY_TEXT)
    end)

    after_each(function()
        place.remove()
    end)

    it("makes as many requests of each minute as it says", function()
        local made = assert(azure2019.load(folder))
        local list, minutes, last = all(made:workload(1)), {}, 0
        assert.equal(26, made.requests)
        assert.equal(26, #list)
        for _, row in ipairs(list) do
            local key = row[2] .. " " .. math.floor(row[1] / 60000) + 1
            minutes[key] = (minutes[key] or 0) + 1
            assert.is_true(row[1] >= last)
            last = row[1]
        end
        assert.same({ ["often 1"] = 20, ["often 3"] = 5, ["rare 1440"] = 1 }, minutes)
    end)

    it("draws durations from their percentiles and leaves out what it does not know", function()
        local longer = 0
        for _, row in ipairs(all(assert(azure2019.load(folder)):workload(1))) do
            if row[2] == "rare" then
                assert.is_nil(row[3])
            else
                assert.is_true(row[3] >= 100 and row[3] <= 200)
                longer = longer + (row[3] > 100 and 1 or 0)
            end
        end
        assert.is_true(longer <= 3)
    end)

    it("gives a sandbox the memory of its application", function()
        local known = assert(azure2019.load(folder)).registry
        assert.same({ "often", "rare" }, known.names)
        assert.equal(170, known.functions.often.memory)
        assert.is_nil(known.functions.rare.memory)
    end)

    it("is the same for the same seed, and another for another one", function()
        local made = assert(azure2019.load(folder))
        assert.same(all(made:workload(1)), all(made:workload(1)))
        assert.not_same(all(made:workload(1)), all(made:workload(2)))
    end)

    it("goes on with the next day", function()
        place.write(INVOCATIONS:format("02"), HEADER .. invocations("app3", "new", { [2] = 3 }))
        local made = assert(azure2019.load(folder))
        local list = all(made:workload(1))
        assert.equal(29, made.requests)
        assert.equal("new", list[27][2])
        assert.equal(1441, math.floor(list[27][1] / 60000))
        assert.equal(26, assert(azure2019.load(folder .. "/" .. INVOCATIONS:format("01"))).requests)
    end)

    it("is told by the names of its files", function()
        assert.is_nil((azure2019.find("/nowhere")))
        assert.same({ "01" }, (azure2019.find(folder)))
        for _, name in ipairs({ INVOCATIONS:format("02"), "app_memory_percentiles.anon.d02.csv",
            "function_durations_percentiles.anon.d02.csv" }) do
            assert.same({ { "02" }, "x/" }, { azure2019.find("x/" .. name) })
        end
    end)

    for what, case in pairs({
        ["another header"] = { INVOCATIONS:format("01"), "HashOwner,HashApp\n",
            "d01.csv:1: expected a header with the column HashFunction" },
        ["an empty file"] = { INVOCATIONS:format("01"), "", "d01.csv:1: expected a header" },
        ["a line that ends too soon"] = { INVOCATIONS:format("01"), HEADER .. "o,a,f,http,1,2\n",
            "d01.csv:2: expected 1440 counts, one for each minute, not 2" },
        ["what is no count"] = { INVOCATIONS:format("01"), HEADER .. "o,a,f,http,1,x\n",
            "d01.csv:2: expected a whole number as the count of minute 2" },
        ["a duration that is none"] = { DURATIONS, DURATIONS_TEXT
            .. "o,a,f,1,1,1,1,1,1,1,-1,1,1,1\n",
            "d01.csv:3: expected a number from 0 as percentile_Average_50" },
        ["memory that is none"] = { MEMORY, MEMORY_TEXT .. "o,a,1,?\n",
            "d01.csv:3: expected a number from 0 as AverageAllocatedMb" },
    }) do
        it("is refused with file and line for " .. what, function()
            place.write(case[1], case[2])
            local made, message = azure2019.load(folder)
            assert.is_nil(made)
            assert.truthy(message:find(case[3], 1, true), message)
        end)
    end
end)
