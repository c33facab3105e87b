-- Health of a TigeraStatus, which has conditions only. Their observedGeneration is that of the Installation.
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

local available, progressing, degraded = find("Available"), find("Progressing"), find("Degraded")

if degraded.status == "True" then
  return { status = "Degraded", message = degraded.message }
end
if available.status == "True" then
  return { status = "Healthy", message = available.message }
end
if available.reason == "Paused" or available.reason == "ChangePlanned" then
  return { status = "Suspended", message = available.message }
end
return { status = "Progressing", message = progressing.message or available.message or "Waiting for conditions" }
