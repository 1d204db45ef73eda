local registry = require("lab.registry")
local thesis_registry = require("lab.thesis_registry")

-- How often each thing was counted, as a falling list.
local function falling(counts)
    local list = {}
    for _, count in pairs(counts) do
        list[#list + 1] = count
    end
    table.sort(list, function(a, b) return a > b end)
    return list
end

local function count(list, least, most)
    local n = 0
    for _, value in ipairs(list) do
        n = n + (value >= least and value <= most and 1 or 0)
    end
    return n
end

for seed = 1, 3 do
    describe("the thesis' registry of seed " .. seed, function()
        local r = thesis_registry.generate(seed)
        local per_function, users, largest, references = {}, {}, {}, 0
        for _, name in ipairs(r.names) do
            local packages = r.functions[name].packages
            per_function[name] = #packages
            largest[packages[1]] = (largest[packages[1]] or 0) + 1
            references = references + #packages
            for _, package in ipairs(packages) do
                users[package] = (users[package] or 0) + 1
            end
        end

        it("has 100 functions, 180 packages and 2,537 references", function()
            assert.equal(100, #r.names)
            assert.equal(180, #falling(users))
            assert.equal(2537, references)
        end)

        it("has as many packages per function", function()
            local list = falling(per_function)
            local function at(share)
                return list[100 - share]
            end
            assert.same({ 13, 15, 16, 17, 22, 32, 53, 69, 113 },
                { at(0), at(25), at(49), at(50), at(75), at(80), at(85), at(95), at(99) })
            assert.equal(85, count(list, 13, 35))
            assert.equal(10, count(list, 53, 53))
        end)

        it("has packages that are as widely used", function()
            local list = falling(users)
            local top = 0
            for i = 1, 20 do
                top = top + list[i]
            end
            assert.near(0.587, top / references, 0.0005)
            assert.same({ 5, 12, 14, 63, 34 }, { count(list, 100, 100), count(list, 93, 100),
                count(list, 50, 100), count(list, 2, 5), count(list, 1, 1) })
        end)

        it("has eight packages that are the largest of some function", function()
            assert.same({ 43, 14, 14, 12, 12, 2, 2, 1 }, falling(largest))
        end)

        it("uses no package twice in a function", function()
            for _, name in ipairs(r.names) do
                local seen = {}
                for _, package in ipairs(r.functions[name].packages) do
                    assert.is_nil(seen[package])
                    seen[package] = true
                end
            end
        end)
    end)
end

describe("the thesis' registry", function()
    it("is the same for the same seed and another for another", function()
        local function text(seed)
            return registry.to_json(thesis_registry.generate(seed))
        end
        assert.equal(text(5), text(5))
        assert.not_equal(text(5), text(6))
    end)
end)
