local fakes = require("picket.fakes")

describe("picket.fakes", function()
    it("makes workers with every field that the gateway's have", function()
        local worker = fakes.workers(3)[2]
        assert.equal("w2", worker.name)
        assert.equal("http://127.0.0.1:9082", worker.url)
        assert.equal(1, worker.weight)
        assert.equal(fakes.UNLIMITED, worker.capacity)
        for _, field in ipairs({ "inflight", "latency_ms", "served", "failed", "utilization" }) do
            assert.equal(0, worker[field])
        end
    end)

    it("gives workers their own fields over the common ones", function()
        local own = { { weight = 2 }, { capacity = 9, name = "big" } }
        local workers = fakes.workers(own, { capacity = 1 })
        assert.equal(2, workers[1].weight)
        assert.equal(1, workers[1].capacity)
        assert.equal(9, workers[2].capacity)
        assert.equal("big", workers[2].name)
    end)

    it("has a worker free until it is full or tried", function()
        local worker = fakes.worker({ capacity = 2, inflight = 1 })
        assert.is_true(worker:is_free())
        worker.inflight = 2
        assert.is_false(worker:is_free())
        worker.inflight, worker.tried = 0, true
        assert.is_false(worker:is_free())
    end)

    it("knows what is warm on a worker", function()
        local worker = fakes.worker({ packages = { "numpy" }, funcs = { "resize" } })
        assert.is_true(worker:has("numpy"))
        assert.is_false(worker:has("resize"))
        assert.is_true(worker:is_warm("resize"))
        assert.is_false(worker:is_warm("numpy"))
    end)

    it("never shares lists between workers", function()
        local workers = fakes.workers(2)
        table.insert(workers[1].packages, "numpy")
        assert.is_false(workers[2]:has("numpy"))
    end)

    it("makes requests with every field", function()
        local request = fakes.request({ func = "resize", packages = { "pillow" }, attempt = 2 })
        assert.equal("resize", request.func)
        assert.same({ "pillow" }, request.packages)
        assert.equal("/run/resize", request.path)
        assert.equal("POST", request.method)
        assert.equal("127.0.0.1", request.client)
        assert.equal(2, request.attempt)
        assert.equal(0, request.now)
        assert.equal(0, request.body_length)
    end)

    it("finds headers in any spelling", function()
        local request = fakes.request({ headers = { ["X-User"] = "ada" } })
        assert.equal("ada", request:header("x-USER"))
        assert.is_nil(request:header("x-use"))
    end)

    it("refuses a mistyped field", function()
        assert.has_error(function()
            fakes.workers({ { wieght = 2 } })
        end, 'a fake worker has no field "wieght"; did you mean "weight"?')
        assert.has_error(function()
            fakes.request({ fnuc = "resize" })
        end, 'a fake request has no field "fnuc"; did you mean "func"?')
    end)

    it("tells a policy of a mistyped field, as the gateway does", function()
        assert.error_matches(function()
            return fakes.worker().inflght
        end, 'no field "inflght"; did you mean "inflight"?', 1, true)
        assert.error_matches(function()
            return fakes.request().fucn
        end, 'no field "fucn"; did you mean "func"?', 1, true)
    end)

    it("makes outcomes, with an error or without", function()
        local good, bad = fakes.outcome(), fakes.outcome({ status = 0, error = "connect" })
        assert.same({ 200, 1, {} }, { good.status, good.latency_ms, good.headers })
        assert.is_nil(good.error)
        assert.same({ 0, "connect" }, { bad.status, bad.error })
        assert.error_matches(function()
            return good.latency
        end, 'no field "latency"', 1, true)
    end)

    it("loads policies, as picket.trial does", function()
        local workers = fakes.workers(2)
        local policy = fakes.load("round_robin", {}, workers)
        assert.same({ "w1", "w2", "w1" }, fakes.sequence(policy, workers, 3, fakes.request()))
        assert.same({ w1 = 2, w2 = 2 }, fakes.tally(policy, workers, 4, fakes.request()))
    end)
end)
