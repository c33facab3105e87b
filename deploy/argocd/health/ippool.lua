-- Health of an IPPool of crd.projectcalico.org, which has no status. Disabled is a state that somebody chose: Suspended
-- would hold up the sync that brings it about.
-- Argo CD hands the object over as obj and takes what is returned.
local spec = obj.spec or {}

if spec.disabled then
  return { status = "Healthy", message = "Disabled: gives out no further addresses, those in use stay" }
end
return { status = "Healthy", message = "Gives out addresses of " .. (spec.cidr or "its range") }
