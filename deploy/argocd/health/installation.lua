-- Health of kinds of operator.tigera.io that carry the conditions Ready, Progressing and Degraded.

local ready, progressing, degraded = find("Ready"), find("Progressing"), find("Degraded")

-- What the status says of an earlier spec says nothing about this one.
local observed = (obj.status or {}).observedGeneration or ready.observedGeneration
if observed == nil or observed ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at this version of the spec" }
end
if degraded.status == "True" then
  return { status = "Degraded", message = degraded.message }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
if ready.reason == "Paused" or ready.reason == "ChangePlanned" then
  return { status = "Suspended", message = ready.message }
end
return { status = "Progressing", message = progressing.message or ready.message or "Waiting for conditions" }
