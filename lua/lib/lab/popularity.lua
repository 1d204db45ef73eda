--- How often functions are called, the most popular first.
local popularity = {}

--- The shares of calls in Azure's trace of 2021, for `count` functions: the most popular one has
-- 27 % of all calls, 5 have 57 %, 10 have 73 %, 20 have 84 %, 50 have 94 %.  Between these places
-- the shares fall evenly.
local BANDS = { { 1, 0.27 }, { 5, 0.57 }, { 10, 0.73 }, { 20, 0.84 }, { 50, 0.94 } }

-- Adds shares for places `from` to `to` that fall evenly to 60 % and make up `total`.
local function add_band(shares, from, to, total)
    local count, sum = to - from + 1, 0
    for i = 1, count do
        shares[from + i - 1] = count == 1 and 1 or 1 - 0.4 * (i - 1) / (count - 1)
        sum = sum + shares[from + i - 1]
    end
    for i = from, to do
        shares[i] = shares[i] * total / sum
    end
end

function popularity.azure2021(count)
    local shares, from, before = {}, 1, 0
    for _, band in ipairs(BANDS) do
        add_band(shares, from, band[1], band[2] - before)
        from, before = band[1] + 1, band[2]
    end
    add_band(shares, from, count, 1 - before)
    return shares
end

--- Zipf's law: the k-th function is called in proportion to 1 / k^exponent.
function popularity.zipf(count, exponent)
    local shares = {}
    for k = 1, count do
        shares[k] = k ^ -exponent
    end
    return shares
end

return popularity
