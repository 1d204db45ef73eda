local fakes = require("picket.fakes")
local scratch = require("scratch")
local trial = require("picket.trial")

local function refused(text, words)
    scratch.with(text, function(path)
        local ok, message = pcall(trial.load, path)
        assert.is_false(ok)
        assert.truthy(message:find(words, 1, true), message)
    end)
end

describe("picket.trial", function()
    it("finds policies by name and by path", function()
        assert.is_function(trial.load("random").pick)
        assert.is_function(trial.load("lua/policies/random.lua").pick)
    end)

    it("finds Picket's policies with nothing but its library on the path", function()
        local path = package.path
        package.path = "lua/lib/?.lua"
        local ok, policy = pcall(trial.load, "random")
        package.path = path
        assert.is_true(ok, policy)
        assert.is_function(policy.pick)
    end)

    it("names the file of a policy that is not there", function()
        local ok, message = pcall(trial.load, "nosuch")
        assert.is_false(ok)
        assert.truthy(message:find("nosuch.lua", 1, true))
    end)

    it("refuses a policy that is compiled, as the gateway does", function()
        refused(string.dump(function() return { pick = print } end), ": this is compiled; ")
    end)

    it("runs the file again for each policy", function()
        local text = "local n = 0 return { pick = function() n = n + 1 return n end }"
        scratch.with(text, function(path)
            local one, other = trial.load(path), trial.load(path)
            assert.equal(1, one.pick())
            assert.equal(2, one.pick())
            assert.equal(1, other.pick())
        end)
    end)

    it("starts the policy with options and workers", function()
        scratch.with([[
            local policy = {}
            function policy.start(options, workers)
                function policy.pick() return options, workers end
            end
            function policy.pick() end
            return policy
        ]], function(path)
            local options, workers = { a = 1 }, fakes.workers(2)
            local seen_options, seen_workers = trial.load(path, options, workers).pick()
            assert.equal(options, seen_options)
            assert.equal(workers, seen_workers)
            assert.same({}, (trial.load(path).pick()))
        end)
    end)

    it("refuses what is no policy", function()
        refused("return 1", "a policy returns a table with the function pick")
        refused("local mine = {} function mine:pick() end return mine", "declared with a colon")
        refused("return {", "unexpected symbol")
    end)

    it("refuses globals and what the sandbox has not", function()
        refused("turn = 1", 'sets the global "turn"; write: local turn = ...')
        refused("io.open('/etc/passwd')", "global 'io'")
        refused("require('ffi')", 'require("ffi"): a policy has only lua/lib')
    end)

    it("tells and counts who was picked", function()
        scratch.with([[
            return { pick = function(request, workers) return workers[request.attempt] end }
        ]], function(path)
            local policy, workers = trial.load(path), fakes.workers(2)
            local function request(i)
                return fakes.request({ attempt = i })
            end
            assert.same({ "w1", "w2", "-" }, trial.sequence(policy, workers, 3, request))
            assert.same({ w1 = 1, w2 = 1, ["-"] = 1 }, trial.tally(policy, workers, 3, request))
            assert.same({ w1 = 3, w2 = 0 }, trial.tally(policy, workers, 3, request(1)))
        end)
    end)
end)
