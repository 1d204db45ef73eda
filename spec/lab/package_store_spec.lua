local package_store = require("lab.package_store")

local function request(...)
    return { names = { ... }, passed = 0, missing = 0 }
end

-- A request that takes what it needs, installing all that is missing.
local function use(store, ...)
    local r = request(...)
    while store:gather(r) == "install" do
        store:installed(r.names[r.passed])
    end
    return r
end

describe("a package store", function()
    it("lets the first request install and others wait", function()
        local store = package_store.new()
        local first, second, third = request("a"), request("a"), request("a")
        assert.equal("install", store:gather(first))
        assert.equal("wait", store:gather(second))
        assert.equal("wait", store:gather(third))
        assert.is_false(store:has("a"))
        assert.same({ second, third }, store:installed("a"))
        assert.is_true(store:has("a"))
        for _, r in ipairs({ first, second, third }) do
            assert.equal("ready", store:gather(r))
            assert.equal(1, r.missing)
        end
        assert.equal(1, store.installs)
    end)

    it("goes through the packages in their order", function()
        local store = package_store.new()
        use(store, "b")
        local r = request("a", "b", "c")
        assert.equal("install", store:gather(r))
        assert.equal("a", r.names[r.passed])
        store:installed("a")
        assert.equal("install", store:gather(r))
        assert.equal("c", r.names[r.passed])
        store:installed("c")
        assert.equal("ready", store:gather(r))
        assert.equal(2, r.missing)
    end)

    it("keeps everything without a limit", function()
        local store = package_store.new(nil, { a = 1e12 })
        store:release(use(store, "a", "b"))
        assert.is_true(store:has("a") and store:has("b"))
        assert.equal(1e12, store.bytes)
    end)

    it("evicts the least recently used to make room", function()
        local store = package_store.new(30, { a = 10, b = 10, c = 10, d = 10 })
        store:release(use(store, "a"))
        store:release(use(store, "b"))
        store:release(use(store, "c"))
        store:release(use(store, "a"))
        store:release(use(store, "d"))
        assert.is_true(store:has("a") and store:has("c") and store:has("d"))
        assert.is_false(store:has("b"))
        assert.equal(30, store.bytes)
        assert.equal(1, store.evictions)
    end)

    it("never evicts what a request in progress needs", function()
        local store = package_store.new(10, { a = 10, b = 10 })
        local first = use(store, "a")
        local second = use(store, "b")
        assert.is_true(store:has("a") and store:has("b"))
        store:release(second)
        assert.is_true(store:has("a"))
        assert.is_false(store:has("b"))
        store:release(first)
        assert.equal(10, store.bytes)
    end)

    it("forgets half-done installs when all requests are gone", function()
        local store = package_store.new()
        use(store, "a")
        store:gather(request("a", "b"))
        store:abandon()
        assert.is_true(store:has("a"))
        assert.equal("install", store:gather(request("b")))
    end)
end)
