-- A schedule is healthy when it exists. Whether its last run succeeded is for alerts: a backup that failed at night
-- must not hold back the layers behind it, as Argo CD's own check would.
local status = obj.status or {}
if obj.spec.suspend == true then
  return { status = "Healthy", message = "suspended" }
elseif status.lastScheduleTime == nil then
  return { status = "Healthy", message = "not run yet" }
elseif status.active ~= nil and #status.active > 0 then
  return { status = "Healthy", message = "running" }
elseif status.lastSuccessfulTime == nil then
  return { status = "Healthy", message = "has never succeeded" }
end
return { status = "Healthy", message = "last succeeded " .. status.lastSuccessfulTime }
