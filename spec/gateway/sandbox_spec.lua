local sandbox = require("gateway.sandbox")

local MODULES = {
    ["picket.one"] = "local one = { calls = 0 }  return one",
    ["picket.two"] = "return { one = require('picket.one'), seen = _G }",
    ["picket.nothing"] = "local _ = 1",
    ["picket.loop"] = "return require('picket.loop')",
    ["picket.broken"] = "error('broken')",
}

describe("sandbox", function()
    local printed, env

    local function run(source)
        return assert(load(source, "=policy.lua", "t", env))()
    end

    before_each(function()
        printed = {}
        env = sandbox.new({
            seed = 1,
            find = function(name)
                return MODULES[name], tostring(name) .. ".lua"
            end,
            print = function(line)
                printed[#printed + 1] = line
            end,
        })
    end)

    it("has what a policy needs", function()
        local functions = "assert error getmetatable ipairs next pairs pcall print rawequal rawget "
            .. "rawset require select setmetatable tonumber tostring type unpack xpcall"
        for name in functions:gmatch("%S+") do
            assert.equal("function", type(env[name]), name)
        end
        for name in ("bit coroutine math string table"):gmatch("%S+") do
            assert.equal("table", type(env[name]), name)
        end
    end)

    it("names what a policy cannot use", function()
        for name in ("io os debug package ffi jit load loadstring dofile collectgarbage getfenv "
            .. "setfenv newproxy"):gmatch("%S+") do
            assert.error_matches(function()
                run("return " .. name)
            end, "a policy cannot use " .. name, 1, true)
        end
        assert.is_nil(run("return anything_else"))
    end)

    it("has no dump of functions", function()
        assert.is_nil(env.string.dump)
    end)

    it("takes no new globals", function()
        assert.has_error(function()
            run("counter = 0")
        end, 'assignment to the global "counter"; write: local counter = ...')
    end)

    it("gives each policy its own libraries", function()
        run("string.upper = nil  math.floor = nil")
        assert.equal("X", ("x"):upper())
        assert.equal(1, math.floor(1.5))
    end)

    it("hides the metatable that all strings share", function()
        assert.is_nil(run("return getmetatable('')"))
        assert.equal(7, run("return getmetatable(setmetatable({}, { seven = 7 })).seven"))
    end)

    it("prints a line with tabs between the values", function()
        run("print('a', nil, 1.5, true)  print()")
        assert.same({ "a\tnil\t1.5\ttrue", "" }, printed)
    end)

    describe("require", function()
        it("runs a module once, in the same box", function()
            assert.is_true(run("return require('picket.two').one == require('picket.one')"))
            assert.equal(env, run("return require('picket.two').seen"))
        end)

        it("runs it again in another box", function()
            local mine = run("return require('picket.one')")
            env = sandbox.new({ seed = 1, find = function(name)
                return MODULES[name], name
            end })
            assert.are_not.equal(mine, run("return require('picket.one')"))
        end)

        it("gives true for a module that returns nothing", function()
            assert.is_true(run("return require('picket.nothing')"))
        end)

        it("knows the libraries by name", function()
            assert.is_true(run("return require('bit') == bit and require('table') == table"))
            assert.equal("function", type(run("return require('table.new')")))
        end)

        it("tells which function of a module was meant", function()
            assert.error_matches(function()
                run("return require('picket.one').cals")
            end, 'the module picket.one has no field "cals"; did you mean "calls"?', 1, true)
        end)

        it("finds nothing else", function()
            for _, name in ipairs({ "io", "ffi", "jit", "picket.absent", "gateway.runtime" }) do
                assert.error_matches(function()
                    run(("require(%q)"):format(name))
                end, ("there is no module %q for policies"):format(name), 1, true)
            end
        end)

        it("tells of a module that requires itself", function()
            assert.has_error(function()
                run("require('picket.loop')")
            end, "module picket.loop requires itself")
        end)

        it("tells of an error in a module, each time", function()
            for _ = 1, 2 do
                assert.has_error(function()
                    run("require('picket.broken')")
                end, "broken")
            end
        end)
    end)
end)
