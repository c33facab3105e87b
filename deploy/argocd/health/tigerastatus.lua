-- Health of a TigeraStatus, which has conditions only. Their observedGeneration is that of the Installation.

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
