local parse = require("lab.command_line").parse

local KINDS = { seed = "number", seeds = "count", name = "text", policy = "list" }

describe("the command line", function()
    it("takes values after a space or an equals sign", function()
        assert.same({ seed = 7, name = "a=b" }, parse({ "--seed", "7", "--name=a=b" }, KINDS))
    end)

    it("collects what may come several times", function()
        assert.same({ policy = { "a", "b" } }, parse({ "--policy", "a", "--policy=b" }, KINDS))
    end)

    it("lists other words where these are wanted", function()
        assert.same({ "a=1", "b", seed = 7 },
            parse({ "a=1", "--seed", "7", "b" }, { "WORD", seed = "number" }))
        assert.same({ nil, "unknown option \"-x\"" }, { parse({ "-x" }, { "WORD" }) })
    end)

    it("says what is wrong", function()
        local function message(...)
            return select(2, parse({ ... }, KINDS))
        end
        assert.equal('unknown option "--sead"; did you mean "--seed"?', message("--sead", "1"))
        assert.equal('unknown option "--polcy=x"; did you mean "--policy"?', message("--polcy=x"))
        assert.equal('unexpected argument "x"; there are --name, --policy, --seed, --seeds',
            message("x"))
        local more = setmetatable({ vary = "text" }, { __index = KINDS })
        assert.equal('unknown option "-x"; there are --name, --policy, --seed, --seeds, --vary',
            select(2, parse({ "-x" }, more)))
        assert.equal("--seed needs a value", message("--seed"))
        assert.equal('--seed must be a number, not "x"', message("--seed", "x"))
        assert.equal('--seeds must be a whole number from 1, not "0.5"', message("--seeds=0.5"))
    end)
end)
