--- A distribution of which some percentiles are known: straight lines between them.
local percentiles = {}

--- The value at a share from 0 to 1; `shares` and `values` are lists of equal length, both rising,
-- the first share 0 and the last one 1.
function percentiles.at(shares, values, share)
    local i = 2
    while i < #shares and share > shares[i] do
        i = i + 1
    end
    local low, high = shares[i - 1], shares[i]
    return values[i - 1] + (values[i] - values[i - 1]) * (share - low) / (high - low)
end

return percentiles
