--- Means with their uncertainty, over runs with different seeds.
local statistics = {}

-- Student's t for a 95 % interval, by degrees of freedom.
local T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
}

-- Beyond the table the first terms of the series about the normal distribution give four digits.
local function students_t(freedom)
    local z = 1.959964
    return T[freedom] or z + (z ^ 3 + z) / (4 * freedom)
        + (5 * z ^ 5 + 16 * z ^ 3 + 3 * z) / (96 * freedom ^ 2)
end

--- The mean of a list and half the width of its 95 % confidence interval, nil for a single value.
function statistics.mean(list)
    local count, sum, squares = #list, 0, 0
    for _, value in ipairs(list) do
        sum = sum + value
    end
    local mean = sum / count
    for _, value in ipairs(list) do
        squares = squares + (value - mean) ^ 2
    end
    if count < 2 then
        return mean, nil
    end
    return mean, students_t(count - 1) * math.sqrt(squares / (count - 1) / count)
end

--- The mean of the differences of two lists, pair by pair, and its half width.
function statistics.difference(list, others)
    local differences = {}
    for i, value in ipairs(list) do
        differences[i] = value - others[i]
    end
    return statistics.mean(differences)
end

return statistics
