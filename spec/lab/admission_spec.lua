local admission = require("lab.admission")

local NUMBERS = { f = 1, g = 2 }

local function request(func)
    return { name = func, number = NUMBERS[func], memory = 1 }
end

-- Their functions' names.
local function admitted(door)
    local list = {}
    local r = door:admit(0)
    while r do
        list[#list + 1] = r.name
        r = door:admit(0)
    end
    return list
end

describe("admission", function()
    it("is open without limits", function()
        assert.is_true(admission.new({}).is_open)
        assert.is_false(admission.new({ running = 1 }).is_open)
        assert.is_false(admission.new({ has_sandboxes = true }).is_open)
    end)

    it("admits in turn as places become free", function()
        local door = admission.new({ running = 1 })
        local a, b, c = request("f"), request("g"), request("f")
        assert.equal("now", door:ask(0, a))
        assert.equal("later", door:ask(0, b))
        assert.equal("later", door:ask(0, c))
        door:leave(0, a)
        assert.same({ "g" }, admitted(door))
        door:leave(0, b)
        assert.same({ "f" }, admitted(door))
    end)

    it("lets others pass a function that is at its own limit", function()
        local door = admission.new({ running_per_function = 1 })
        local a, b, c = request("f"), request("f"), request("g")
        assert.equal("now", door:ask(0, a))
        assert.equal("later", door:ask(0, b))
        assert.equal("now", door:ask(0, c))
        door:leave(0, c)
        assert.same({}, admitted(door))
        door:leave(0, a)
        assert.same({ "f" }, admitted(door))
    end)

    it("is full when the function's queue is", function()
        local door = admission.new({ running = 1, queue = 1 })
        door:ask(0, request("f"))
        assert.equal("later", door:ask(0, request("f")))
        assert.equal("full", door:ask(0, request("f")))
        assert.equal("later", door:ask(0, request("g")))
    end)
end)
