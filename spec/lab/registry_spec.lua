local registry = require("lab.registry")

describe("a registry", function()
    it("reads olscheduler's format, packages largest first", function()
        local r = assert(registry.parse('[{"handle": "f", "pkgs": ["z", "a"]}, {"handle": "e"}]'))
        assert.same({ "e", "f" }, r.names)
        assert.same({ "z", "a" }, r.functions.f.packages)
        assert.same({ "a", "z" }, r.functions.f.install_order)
        assert.same({}, r.functions.e.packages)
    end)

    it("reads the format with sizes and sorts by them", function()
        local r = assert(registry.parse(
            '{"packages": {"a": 1, "b": 30, "c": 2}, "functions": {"f": ["a", "b", "c"]}}'))
        assert.same({ "b", "c", "a" }, r.functions.f.packages)
        assert.equal(30, r.sizes.b)
    end)

    it("says what is wrong with a bad one", function()
        local function message(text)
            return select(2, registry.parse(text))
        end
        assert.truthy(message("{"):find("Expected", 1, true))
        assert.equal('expected a list of functions, or a table with "functions"', message("3"))
        assert.equal('entry 1 has no "handle"', message("[{}]"))
        assert.equal('"pkgs" of function "f" is not a list',
            message('[{"handle": "f", "pkgs": 3}]'))
        assert.equal('the packages of function "f" are not a list',
            message('{"functions": {"f": 3}}'))
        assert.truthy(select(2, registry.load("/nowhere/at/all")):find("/nowhere/at/all", 1, true))
    end)

    it("reads what it has written", function()
        local r = registry.new({ f = { "a", "b" }, g = {} }, { a = 5, b = 7 })
        assert.same(r, registry.parse(registry.to_json(r)))
    end)
end)
