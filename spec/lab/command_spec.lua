local command = require("lab.command")

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
    local code = command.main({ ... }, out, err)
    return code, out.text(), err.text()
end

describe("picket lab", function()
    it("writes a registry", function()
        local code, out = run("registry", "--seed", "3")
        assert.equal(0, code)
        assert.equal(100, #require("lab.registry").parse(out).names)
        assert.equal(out, select(2, run("registry", "--seed=3")))
    end)

    it("says how it is used", function()
        assert.equal(2, (run()))
        assert.equal(0, (run("--help")))
        local code, _, err = run("nosuch")
        assert.equal(2, code)
        assert.truthy(err:find('no command "nosuch"', 1, true))
        code, _, err = run("registry", "--sede", "3")
        assert.equal(2, code)
        assert.truthy(err:find("unknown argument --sede", 1, true))
        code, _, err = run("registry", "--seed", "x")
        assert.equal(2, code)
        assert.truthy(err:find("must be a number", 1, true))
    end)
end)
