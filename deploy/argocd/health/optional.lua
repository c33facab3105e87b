-- Health of kinds of operator.tigera.io that are not looked after in every release: without a status there is nothing
-- to wait for.

if #conditions == 0 then
  return { status = "Healthy", message = "Nothing is told about it" }
end
local ready, progressing, degraded = find("Ready"), find("Progressing"), find("Degraded")
local observed = ready.observedGeneration
if observed ~= nil and observed ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at this version of the spec" }
end
if degraded.status == "True" then
  return { status = "Degraded", message = degraded.message }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
return { status = "Progressing", message = progressing.message or ready.message or "Waiting for conditions" }
