local files = require("gateway.files")
local options = require("gateway.options")
local reference = require("gateway.reference")

describe("gateway.reference", function()
    local page = reference.page()

    -- When it is not, print it again: the head of lua/lib/gateway/reference.lua says how.
    it("is what src/scheduler.lua.5 has", function()
        assert.is_true(assert(files.read("src/scheduler.lua.5")) == page)
    end)

    it("explains every option", function()
        for _, section in ipairs(options.sections) do
            for _, row in ipairs(section) do
                assert.is_truthy(page:find("\n.It Ic " .. row.key .. "\n", 1, true), row.name)
            end
        end
    end)

    it("gives range, unit and default", function()
        for _, words in ipairs({
            "A number of seconds from 0.001 to 604800; default 10.",
            '"text" or "json" or false; default false.',
            'default { { prefix = "/run/" }, { prefix = "/runLambda/", forward = "/run/" } }.',
        }) do
            assert.is_truthy(page:gsub("\n", " "):find(words, 1, true), words)
        end
    end)

    it("tells how many retries src/proxy/budget.h spares and saves up", function()
        local header = assert(files.read("src/proxy/budget.h"))
        local reserve = header:match("#define BUDGET_RESERVE (%d+)")
        local most = header:match("#define BUDGET_MAX (%d+)")
        local words = ("starts with %s retries to spare, and saves up at most %s.")
            :format(reserve, most)
        assert.is_truthy(page:gsub("\n", " "):find(words, 1, true), words)
    end)

    it("has no line that is longer than a terminal is wide", function()
        for line in page:gmatch("[^\n]+") do
            assert.is_true(#line <= 80, line)
        end
    end)

    it("starts no line of text with what roff takes for a request", function()
        for line in page:gmatch("[^\n]+") do
            assert.is_nil(line:match("^%.%f[^%u%l]"), line)
            assert.is_nil(line:match("^'"), line)
            assert.is_nil(line:match("^%.%l"), line)
        end
    end)
end)
