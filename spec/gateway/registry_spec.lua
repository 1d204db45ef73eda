local registry = require("gateway.registry")
local scratch = require("scratch")

describe("gateway.registry", function()
    local files

    setup(function()
        files = scratch.new()
    end)

    teardown(function()
        files.remove()
    end)

    local function load(text)
        return registry.load(files.write("functions.json", text))
    end

    local function loaded(text)
        return assert(load(text)).functions
    end

    --- What is wrong, with the file called FILE.
    local function refused(text)
        local found, message = load(text)
        assert.is_nil(found, text)
        return (message:gsub("^.*functions%.json:", "FILE:"))
    end

    it("reads a list of functions, in its order", function()
        assert.same({
            { name = "b", packages = { "numpy", "six" } },
            { name = "a", packages = {} },
        }, loaded('[{"handle": "b", "pkgs": ["numpy", "six"]}, {"pkgs": [], "handle": "a"}]'))
    end)

    it("takes no notice of a byte order mark", function()
        assert.same({ { name = "a", packages = {} } }, loaded('\239\187\191[{"handle": "a"}]'))
    end)

    it("takes a function without packages as olscheduler does", function()
        assert.same({ { name = "a", packages = {} }, { name = "b", packages = {} } },
            loaded('[{"handle": "a"}, {"handle": "b", "pkgs": null}]'))
    end)

    it("reads functions and sizes, and puts the largest package first", function()
        assert.same({
            { name = "f", packages = { "big", "big2", "mid", "tiny" } },
            { name = "g", packages = {} },
        }, loaded([[{"functions": {"g": [], "f": ["tiny", "big2", "mid", "big"]},
            "packages": {"tiny": 0, "mid": 5.5, "big2": 70000000000, "big": 70000000000}}]]))
    end)

    it("accepts registries without functions", function()
        assert.same({}, loaded("[]"))
        assert.same({}, loaded(' {"packages": {}, "functions": {}}\n'))
    end)

    it("accepts any name that is one segment of a path", function()
        local name = "日本 a.b:c-d_e\\\"%41"
        assert.equal("日本 a.b:c-d_e\"%41", loaded(('[{"handle": "%s"}]'):format(name))[1].name)
        assert.same({ "@a/b" }, loaded('[{"handle": "a", "pkgs": ["@a/b"]}]')[1].packages)
    end)

    it("says where a file is no JSON", function()
        for text, message in pairs({
            ['[{"handle": "a"},\n {"handle": "b",}]'] =
                'FILE:2:17: is no JSON: expected object key string but found "}"',
            ["[1"] = "FILE:1:3: is no JSON: expected comma or array end but found the end of",
            ["[NaN]"] = "FILE:1:2: is no JSON: expected value but found invalid token",
            ["[0x10]"] = "FILE:1:2: is no JSON",
            ["[] []"] = 'FILE:1:4: is no JSON: expected the end but found "["',
            ["["] = "FILE:1:2: is no JSON",
            ["[]\n\0[]"] = "FILE:2:1: is no JSON: it has a NUL byte",
            [("["):rep(10000)] = "FILE:1:9: is no JSON: found too many nested data structures (9)",
            [" \n"] = "FILE: is empty; write [] when there are no functions",
        }) do
            assert.equal(message, refused(text):sub(1, #message))
        end
    end)

    it("says which form is expected of something else", function()
        for text, given in pairs({ ["3"] = "3", ["null"] = "null", ['"x"'] = '"x"',
            ['{"handle": "a"}'] = "an object" }) do
            local message = refused(text)
            assert.is_truthy(message:find('must be an array of {"handle": name, "pkgs": [names]} '
                .. 'or an object with "packages" and "functions", not ' .. given, 1, true), message)
        end
    end)

    it("names the entry of a list that is wrong", function()
        for entry, message in pairs({
            ["17"] = 'must be an object such as {"handle": "name", "pkgs": []}, not 17',
            ["[1]"] = 'must be an object such as {"handle": "name", "pkgs": []}, not an array',
            ["{}"] = '"handle" must be a name in quotes, not nothing',
            ['{"handle": null}'] = '"handle" must be a name in quotes, not null',
            ['{"handle": ""}'] = '"handle" is empty',
            ['{"handle": "a/b"}'] =
                '"handle" "a/b" has a slash, but a function\'s name is one segment of a path',
            ['{"handle": "a\\nb"}'] = '"handle" "a\\nb" has control characters in it',
            ['{"handle": "a\\u0000b"}'] = '"handle" "a\\0b" has control characters in it',
            ['{"handel": "b"}'] = 'unknown key "handel"; did you mean "handle"?',
            ['{"handle": "b", "pkg": []}'] = 'unknown key "pkg"; did you mean "pkgs"?',
            ['{"handle": "b", "size": 3}'] = 'unknown key "size"; known are handle, pkgs',
        }) do
            assert.equal("FILE:2: entry 2: " .. message,
                refused('[{"handle": "a"},\n' .. entry .. "]"))
        end
    end)

    it("names the function whose packages are wrong", function()
        for packages, message in pairs({
            ["3"] = "must be an array of package names, not 3",
            ['{"numpy": 1}'] = "must be an array of package names, not an object",
            ['["x", 3]'] = "has package 2, which must be a name in quotes, not 3",
            ['["x", null]'] = "has package 2, which must be a name in quotes, not null",
            ['["x", ""]'] = "has package 2, which is empty",
            ['["x\\u0001"]'] = 'has package 1, which "x\\1" has control characters in it',
            ['["x", "y", "x"]'] = 'has the package "x" twice',
        }) do
            assert.equal('FILE:3: entry 2 ("b"): "pkgs" ' .. message,
                refused('[{"handle": "a", "pkgs": ["x"]},\n\n{"handle": "b", "pkgs": '
                    .. packages .. "}]"))
        end
    end)

    it("refuses a function that is there twice", function()
        assert.equal('FILE:3: entry 3 ("a"): is listed already, as entry 1; leave one out',
            refused('[{"handle": "a"},\n{"handle": "b"},\n{"handle": "a"}]'))
        assert.equal('FILE:3: "f" is listed twice; leave one out',
            refused('{"packages": {},\n"functions": {"f": [],\n"f": []}}'))
    end)

    it("refuses any key that is there twice, for one of the two would be lost", function()
        assert.equal('FILE:2: "x" is listed twice; leave one out',
            refused('{"packages": {"x": 1,\n"x": 2}, "functions": {}}'))
        assert.equal('FILE:1: "functions" is listed twice; leave one out',
            refused('{"functions": {}, "packages": {}, "functions": {}}'))
        assert.equal('FILE:2: "handle" is listed twice; leave one out',
            refused('[{"handle": "a",\n"handle": "b"}]'))
        assert.equal('FILE:2: "x" is listed twice; leave one out',
            refused('{"packages": {"x": 1,\n"\\u0078": 2}, "functions": {}}'))
        assert.equal('FILE:1: "handle" is listed twice; leave one out',
            refused('[{"\\u0068andle": "f", "handle": "g"}]'))
    end)

    it("names what is wrong with sizes", function()
        for text, message in pairs({
            ['{"packages": {},\n"functions": {"f": ["x"]}}'] =
                'FILE:2: function "f": has the package "x", which has no size under "packages"',
            ['{"packages": {"x": 1},\n"functions": {"f": ["x", "x"]}}'] =
                'FILE:2: function "f": has the package "x" twice',
            ['{"packages": {"x": 1},\n"functions": {"f": {"x": 1}}}'] =
                'FILE:2: function "f": must be an array of package names, not an object',
            ['{"packages": {"x": 1},\n"functions": {"f/g": []}}'] = 'FILE:2: function "f/g": "f/g" '
                .. "has a slash, but a function's name is one segment of a path",
            ['{"packages":\n{"x": -1}, "functions": {}}'] =
                'FILE:2: packages: "x" must have a size in bytes, not -1',
            ['{"packages":\n{"x": "1"}, "functions": {}}'] =
                'FILE:2: packages: "x" must have a size in bytes, not "1"',
            ['{"packages":\n{"": 1}, "functions": {}}'] = "FILE:2: packages: is empty",
            ['{"packages":\n[1], "functions": {}}'] =
                'FILE:1: "packages" must be an object, not an array',
            ['{"functions": {}}'] = 'FILE: "packages" must be an object, not nothing',
            ['{"packages": {},\n"function": {}}'] =
                'FILE:2: unknown key "function"; did you mean "functions"?',
        }) do
            assert.equal(message, refused(text))
        end
    end)

    it("says why a file cannot be read", function()
        assert.equal("/no/where.json: cannot be read: No such file or directory",
            select(2, registry.load("/no/where.json")))
        assert.is_truthy(select(2, registry.load(files.directory)):find("Is a directory", 1, true))
    end)

    it("keeps every function of a large registry", function()
        local entries = {}
        for i = 1, 20000 do
            entries[i] = ('{"handle":"f%d","pkgs":["p%d","p%d","common"]}')
                :format(i, i % 97, i % 89 + 97)
        end
        local functions = loaded("[" .. table.concat(entries, ",\n") .. "]")
        assert.equal(20000, #functions)
        assert.same({ name = "f20000", packages = { "p18", "p161", "common" } }, functions[20000])
        entries[15000] = '{"handle":"f3"}'
        assert.equal('FILE:15000: entry 15000 ("f3"): is listed already, as entry 3; leave one out',
            refused("[" .. table.concat(entries, ",\n") .. "]"))
    end)
end)
