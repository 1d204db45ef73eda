local chance = require("chance")
local hash = require("picket.hash")

describe("picket.hash", function()
    -- The values that the authors of FNV publish for these texts.
    it("gives the published FNV-1 values", function()
        assert.equal(0x811c9dc5, hash.fnv1_32(""))
        assert.equal(0x050c5d7e, hash.fnv1_32("a"))
        assert.equal(0x31f0b262, hash.fnv1_32("foobar"))
    end)

    it("gives the published FNV-1a values", function()
        assert.equal(0x811c9dc5, hash.fnv1a_32(""))
        assert.equal(0xe40c292c, hash.fnv1a_32("a"))
        assert.equal(0xbf9cf968, hash.fnv1a_32("foobar"))
    end)

    it("takes every octet, zero and 255 included", function()
        local seen = {}
        for octet = 0, 255 do
            local value = hash.fnv1_32(string.char(octet))
            assert.is_nil(seen[value])
            seen[value] = true
        end
        assert.are_not.equal(hash.fnv1a_32(""), hash.fnv1a_32("\0"))
    end)

    it("loses no bit of the product, compared with 64-bit integers", function()
        for i = 1, 500 do
            local text = ("name-%d"):format(i * 7919)
            local fnv1, fnv1a = 2166136261ULL, 2166136261ULL
            for at = 1, #text do
                fnv1 = bit.bxor(fnv1 * 16777619ULL % 4294967296ULL, text:byte(at) + 0ULL)
                fnv1a = bit.bxor(fnv1a, text:byte(at) + 0ULL) * 16777619ULL % 4294967296ULL
            end
            assert.equal(tonumber(fnv1), hash.fnv1_32(text))
            assert.equal(tonumber(fnv1a), hash.fnv1a_32(text))
        end
    end)

    it("mixes like MurmurHash3's last step", function()
        assert.equal(0, hash.mix(0))
        assert.equal(0x514e28b7, hash.mix(1))
        assert.equal(0x81f16f39, hash.mix(0xffffffff))
    end)

    it("changes half of the bits when one bit changes", function()
        local changed, trials = 0, 0
        for i = 1, 100 do
            for at = 0, 31 do
                local flipped = bit.bxor(i, bit.lshift(1, at))
                local difference = bit.bxor(hash.mix(i), hash.mix(flipped))
                for _ = 1, 32 do
                    changed, trials = changed + bit.band(difference, 1), trials + 1
                    difference = bit.rshift(difference, 1)
                end
            end
        end
        assert.is_true(chance.fits(changed, trials, 1 / 2))
    end)

    it("spreads names that differ in their last letter", function()
        local low = 0
        for i = 1, 10000 do
            low = low + (hash.spread("worker-" .. i) < 2^32 / 10 and 1 or 0)
        end
        assert.is_true(chance.fits(low, 10000, 1 / 10))
    end)

    it("stays between 0 and 2^32 - 1, and whole", function()
        for i = 1, 1000 do
            local values = { hash.fnv1_32("k" .. i), hash.mix(i * 4294967), hash.mix(-i) }
            for _, value in ipairs(values) do
                assert.is_true(value >= 0 and value < 2^32 and value % 1 == 0)
            end
        end
    end)
end)
