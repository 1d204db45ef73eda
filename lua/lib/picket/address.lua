--- Internet addresses as lists of octets.
local address = {}

local function ipv4(text)
    local octets = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
    for i, digits in ipairs(octets) do
        octets[i] = tonumber(digits)
        if octets[i] > 255 then
            return nil
        end
    end
    return #octets == 4 and octets or nil
end

-- The octets of groups like "2001:db8"; nil if one is malformed.
local function groups(text)
    local octets = {}
    for group in (text .. ":"):gmatch("([^:]*):") do
        if not group:find("^%x%x?%x?%x?$") then
            return text == "" and octets or nil
        end
        local value = tonumber(group, 16)
        octets[#octets + 1] = math.floor(value / 256)
        octets[#octets + 1] = value % 256
    end
    return octets
end

local function ipv6(text)
    text = text:gsub("%%.*$", ""):gsub("[%d.]+$", function(tail)
        local octets = ipv4(tail)
        return octets and ("%x:%x"):format(
            octets[1] * 256 + octets[2], octets[3] * 256 + octets[4])
    end)
    local head, tail = text:match("^(.-)::(.*)$")
    local octets, rest = groups(head or text), groups(tail or "")
    if not octets or not rest then
        return nil
    end
    for _ = 1, head and 16 - #octets - #rest or 0 do
        octets[#octets + 1] = 0
    end
    for _, octet in ipairs(rest) do
        octets[#octets + 1] = octet
    end
    return #octets == 16 and octets or nil
end

--- The four octets of an IPv4 address or the sixteen of an IPv6 address; nil for any other text.
function address.octets(text)
    return ipv4(text) or ipv6(text)
end

return address
