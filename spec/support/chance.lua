--- Bounds for counts that chance decides.
local chance = {}

--- Whether `count` of `n` trials fits a probability: within five standard deviations, which sound
-- code leaves once in 1.7 million times, and a wrong share of a few per cent always.
function chance.fits(count, n, probability)
    local deviation = math.sqrt(n * probability * (1 - probability))
    return math.abs(count - n * probability) <= 5 * deviation
end

return chance
