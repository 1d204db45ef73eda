local registry = require("lab.registry")
local scratch = require("scratch")

-- What a registry with this text is, or nil and what is wrong with it.
local function load_text(text)
    local place = scratch.new()
    local made, message = registry.load(place.write("registry.json", text))
    place.remove()
    return made, message
end

describe("a registry", function()
    it("reads olscheduler's format, packages largest first", function()
        local r = assert(load_text('[{"handle": "f", "pkgs": ["z", "a"]}, {"handle": "e"}]'))
        assert.same({ "e", "f" }, r.names)
        assert.same({ "z", "a" }, r.functions.f.packages)
        assert.same({ "a", "z" }, r.functions.f.install_order)
        assert.same({}, r.functions.e.packages)
    end)

    it("reads the format with sizes and sorts by them", function()
        local r = assert(load_text(
            '{"packages": {"a": 1, "b": 30, "c": 2}, "functions": {"f": ["a", "b", "c"]}}'))
        assert.same({ "b", "c", "a" }, r.functions.f.packages)
        assert.equal(30, r.sizes.b)
    end)

    it("says what is wrong with a bad one", function()
        for text, expected in pairs({
            ["[\n{]"] = "registry.json:2:2: is no JSON",
            ["3"] = "must be an array of",
            ["[]"] = "registry.json: no function in it",
            ['[{"handle": "f"},\n{"handl": "g"}]'] = "registry.json:2:",
            ['{"packages": {}, "functions":\n{"f": 3}}'] = "registry.json:2:",
        }) do
            local _, message = load_text(text)
            assert.truthy(message:find(expected, 1, true), message)
        end
        assert.truthy(select(2, registry.load("/nowhere/at/all")):find("/nowhere/at/all", 1, true))
    end)

    it("reads what it has written", function()
        local r = registry.new({ f = { "a", "b" }, g = {} }, { a = 5, b = 7 })
        assert.same(r, load_text(registry.to_json(r)))
    end)
end)
