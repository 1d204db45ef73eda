local cjson = require("cjson")
local comparison = require("comparison")
local page = require("lab.page")

local ASSETS = { library = "the library", licence = "the licence", script = "the script",
    style = "the style" }

describe("a page", function()
    local policies = comparison.run({ "round_robin", "random" }, 2)
    local text = page.render({
        title = "A <title>", facts = { { "command", "picket lab x<y" } },
        parts = { { policies = policies }, { title = "Again", policies = policies } },
    }, ASSETS)

    it("has a place for each figure, and its data", function()
        local data = cjson.decode(text:match('<script id="figures"[^>]*>(.-)</script>'))
        assert.equal(16, #data)
        for i, figure in ipairs(data) do
            assert.equal("figure-" .. i, figure.id)
            assert.truthy(text:find(('class="chart" id="%s"'):format(figure.id), 1, true))
            assert.matches(("<b>Figure %d%%."):format(i), text)
        end
    end)

    it("says what was run", function()
        assert.matches("<dt>command</dt><dd>picket lab x&lt;y</dd>", text)
        assert.matches("<h1>A &lt;title&gt;</h1>", text)
    end)

    it("explains every column", function()
        assert.matches("<dt>slowdown</dt><dd>median", text)
    end)

    it("needs nothing else", function()
        for _, what in pairs(ASSETS) do
            assert.truthy(text:find(what, 1, true))
        end
        assert.is_nil(text:find('src="', 1, true) or text:find("href=", 1, true))
    end)
end)
