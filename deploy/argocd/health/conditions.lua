-- What the scripts of this folder that judge by conditions begin with.
-- Argo CD hands the object over as obj and takes what is returned.
local conditions = obj.status and obj.status.conditions or {}

local function find(type)
  for _, condition in ipairs(conditions) do
    if condition.type == type then
      return condition
    end
  end
  return {}
end
