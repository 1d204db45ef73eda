local cjson = require("cjson")
local html = require("lab.page.html")

describe("HTML", function()
    it("shows any text as it is", function()
        assert.equal("a &lt;b&gt; &amp; &quot;c&quot;", html.escape('a <b> & "c"'))
        assert.equal('<td title="1 &lt; 2" x="y">z</td>',
            html.element("td", { x = "y", title = "1 < 2" }, "z"))
    end)

    it("holds comments that nothing in them ends", function()
        assert.equal("<!--\na -> b\n-->", html.comment("a --> b"))
    end)

    it("holds data that cannot end its script", function()
        local text = html.data("d", { "</script><!--<script>" })
        local body = text:match('^<script id="d" type="application/json">(.*)</script>$')
        assert.is_nil(body:find("<", 1, true))
        assert.equal("</script><!--<script>", cjson.decode(body)[1])
    end)

    it("holds a program that speaks of the end of scripts", function()
        assert.equal('<script>\nx = "<\\/script>"</script>', html.script('x = "</script>"'))
    end)
end)
