local command = require("lab.command")
local registry = require("lab.registry")
local scratch = require("scratch")

local function sink()
    local written = {}
    return {
        write = function(_, ...)
            written[#written + 1] = table.concat({ ... })
        end,
        text = function()
            return table.concat(written)
        end,
    }
end

-- The exit code of a command and what it writes to standard output and standard error.
local function run(...)
    local out, err = sink(), sink()
    local code = command.main({ ... },
        { out = out, err = err, clock = os.clock, date = os.date,
            is_interrupted = function() return false end })
    return code, out.text(), err.text()
end

describe("picket lab", function()
    it("writes a registry", function()
        local code, out = run("registry", "--seed", "3")
        assert.equal(0, code)
        local place = scratch.new()
        assert.equal(100, #registry.load(place.write("registry.json", out)).names)
        place.remove()
        assert.equal(out, select(2, run("registry", "--seed=3")))
    end)

    it("lists the presets", function()
        assert.truthy(select(2, run("list")):find("thesis2018-own-machines", 1, true))
        assert.equal(2, (run("list", "thesis2018")))
    end)

    it("compares policies", function()
        local code, out = run("compare", "--policy", "random", "--policy", "least_loaded",
            "--seeds", "2")
        assert.equal(0, code)
        assert.truthy(out:find("random", 1, true) and out:find("least_loaded", 1, true))
    end)

    it("sweeps over the values of an option", function()
        local code, out = run("sweep", "--policy", "package_aware", "--seeds", "1", "--vary",
            "load_threshold=5,100")
        assert.equal(0, code)
        assert.truthy(out:find("\nload_threshold=100 ", 1, true))
        assert.equal(2, (run("sweep", "--policy", "random")))
        assert.equal(2, (run("sweep", "--policy", "random", "--vary", "x")))
    end)

    it("says what a pick costs", function()
        local code, out = run("bench", "--policy", "random")
        assert.equal(0, code)
        assert.matches("^workers +1 +5 +10 +100 +1000\nrandom +%d+ ns", out)
        local failed, _, err = run("bench", "--policy", "nosuch")
        assert.equal(1, failed)
        assert.matches("^picket: nosuch: ", err)
    end)

    it("prints what it has when it is interrupted", function()
        local out, err = sink(), sink()
        local code = command.main({ "compare" }, { out = out, err = err, clock = os.clock,
            date = os.date, is_interrupted = function() return true end })
        assert.equal(130, code)
        assert.truthy(err.text():find("interrupted", 1, true))
    end)

    it("refuses what it cannot compare", function()
        assert.same({ 2, "", "picket: --seeds must be a whole number from 1, not \"x\"\n" },
            { run("compare", "--seeds", "x") })
        local code, _, err = run("compare", "--preset", "x")
        assert.same({ 1, true }, { code, err:find('no preset "x" (there are', 1, true) ~= nil })
        code, _, err = run("compare", "--preset", "thesis2081")
        assert.same({ 1, true }, { code, err:find('; did you mean "thesis2018"?', 1, true) ~= nil })
        code, _, err = run("compare", "--policy", "x")
        assert.same({ 1, true }, { code, err:find('no policy "x"', 1, true) ~= nil })
    end)

    it("says how it is used", function()
        assert.equal(2, (run()))
        assert.equal(0, (run("--help")))
        assert.equal(0, (run("compare", "--help")))
        assert.truthy(select(3, run("--policy", "x")):find("a command before --policy", 1, true))
        assert.truthy(select(3, run("compaer")):find('did you mean "compare"', 1, true))
        local code, _, err = run("nosuch")
        assert.equal(2, code)
        assert.truthy(err:find('no command "nosuch"', 1, true))
        code, _, err = run("registry", "--sede", "3")
        assert.equal(2, code)
        assert.truthy(err:find('unknown option "--sede"; did you mean', 1, true))
        code, _, err = run("registry", "--seed", "x")
        assert.equal(2, code)
        assert.truthy(err:find("must be a number", 1, true))
    end)
end)
